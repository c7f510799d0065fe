package io.keyturn.testbed.pod;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PostgresUrlTest {

    @Test
    void percentSignsAreDecodedAndAPlusStaysAPlus() {
        var url = PostgresUrl.parse("postgresql://orders_a:a%2Fb%40c%3A%25+%C3%B6@db.shop.svc:5433/orders");
        assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://db.shop.svc:5433/orders");
        assertThat(url.user()).isEqualTo("orders_a");
        assertThat(url.properties()).containsEntry("password", "a/b@c:%+ö");
    }

    @Test
    void parametersThatTheDriverKnowsArePassedOn() {
        var url = PostgresUrl.parse(
                "postgres://a:b@h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.crt&application_name=x&channel_binding=require");
        assertThat(url.properties())
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslrootcert", "/etc/ca.crt")
                .containsEntry("ApplicationName", "x")
                .hasSize(5);
    }

    @Test
    void whatIsLeftOutHasLibpqsDefault() {
        assertThat(PostgresUrl.parse("postgresql://a:b@/").jdbcUrl()).isEqualTo("jdbc:postgresql://localhost/a");
        assertThat(PostgresUrl.parse("postgresql://[::1]:5432/d?user=a").user()).isEqualTo("a");
        assertThat(PostgresUrl.parse("postgresql://a:b@h/d\n").jdbcUrl()).isEqualTo("jdbc:postgresql://h/d");
    }

    @Test
    void variablesOfLibpqSayTheSame() {
        var url = PostgresUrl.ofVariables(
                Map.of("PGHOST", "h", "PGPORT", "5433", "PGUSER", "a b", "PGPASSWORD", "p%40+", "PGDATABASE", "d"));
        assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://h:5433/d");
        assertThat(url.user()).isEqualTo("a b");
        assertThat(url.properties()).containsEntry("password", "p%40+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3cret", "mysql://a:s3cret@h/d", "postgresql://a:s3cret%4@h/d", "postgresql://a:s3cret%zz@h/d"})
    void aComplaintRepeatsNothing(String text) {
        assertThatThrownBy(() -> PostgresUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void textFormHidesThePassword() {
        assertThat(PostgresUrl.parse("postgresql://a:s3cret@h/d?password=s3cret")
                        .toString())
                .doesNotContain("s3cret");
    }
}
