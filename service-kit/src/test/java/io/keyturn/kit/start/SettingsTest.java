package io.keyturn.kit.start;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.keyturn.contract.topic.Service;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class SettingsTest {
    private static final Map<String, String> GOOD = Map.of(
            "keyturn.cluster", "c1",
            "kafka.bootstrap.servers", "kafka-1:9092, [::1]:9093,10.0.0.1:9094",
            "quarkus.datasource.jdbc.url", "jdbc:postgresql://db:5432/audit?ssl=true",
            "quarkus.datasource.reactive.url", "postgresql://db:5432/audit",
            "quarkus.datasource.username", "keyturn-audit",
            "quarkus.datasource.password", "a",
            "quarkus.vault.url", "https://vault:8200",
            "quarkus.vault.authentication.kubernetes.role", "keyturn");

    @ParameterizedTest
    @EnumSource
    void whatIsCompleteIsAccepted(Service service) {
        assertThat(Settings.check(service, GOOD::get)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void ofNothingEachServiceNamesAllThatItNeeds(Service service) {
        assertThat(Settings.check(service, _ -> null))
                .extracting(Complaint::property)
                .containsExactlyElementsOf(needs(service));
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyValueIsNoValue(Service service) {
        var needed = needs(service);
        assertThat(Settings.check(service, property -> needed.contains(property) ? " " : null))
                .allSatisfy(complaint -> assertThat(complaint.wrong()).isEqualTo("is empty"))
                .hasSameSizeAs(needed);
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments("kafka.bootstrap.servers", "broker-host"),
                arguments("kafka.bootstrap.servers", "broker:9092,"),
                arguments("kafka.bootstrap.servers", "PLAINTEXT://broker:9092"),
                arguments("kafka.bootstrap.servers", "broker:70000"),
                arguments("kafka.security.protocol", "TLS"),
                arguments("kafka.ssl.truststore.location", "/not/there.p12"),
                arguments("quarkus.datasource.jdbc.url", "postgresql://db/audit"),
                arguments("quarkus.datasource.jdbc.url", "jdbc:mysql://db/audit"),
                arguments("quarkus.datasource.jdbc.url", "jdbc:postgresql://db/audit?sslrootcert=/not/there.pem"),
                arguments("quarkus.datasource.reactive.url", "jdbc:postgresql://db/audit"),
                arguments("quarkus.datasource.reactive.url", "abc"),
                arguments("quarkus.vault.url", "vault:8200"),
                arguments("quarkus.vault.tls.ca-cert", "/not/there.pem"),
                arguments("quarkus.vault.authentication.kubernetes.jwt-token-path", "/not/there"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void aWrongValueIsToldByItsPropertyAndNotRepeated(String property, String value) {
        var complaints = Settings.check(Service.ROTATION, with(property, value)::get);

        assertThat(complaints).singleElement().satisfies(complaint -> {
            assertThat(complaint.property()).isEqualTo(property);
            assertThat(complaint.toString())
                    .contains(property, Complaint.variable(property))
                    .doesNotContain(value);
        });
    }

    @Test
    void aLoginIsNeededWhereTheProtocolAsksForOne() {
        assertThat(Settings.check(Service.AUDIT, with("kafka.security.protocol", "SASL_SSL")::get))
                .extracting(Complaint::property)
                .containsExactly("kafka.sasl.jaas.config");
    }

    @Test
    void aUserOfTheDatabaseHasAPasswordOrSaysThatItHasNone() {
        var settings = new HashMap<String, @Nullable String>(GOOD);
        settings.remove("quarkus.datasource.password");
        assertThat(Settings.check(Service.RESTART, settings::get))
                .extracting(Complaint::property)
                .containsExactly("quarkus.datasource.password");
        settings.put("quarkus.datasource.password", "");
        assertThat(Settings.check(Service.RESTART, settings::get)).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "")
    void anOwnerWithoutAPasswordWouldBePassedOver(@Nullable String password) {
        var settings = with("quarkus.flyway.username", "keyturn-audit-owner");
        settings.put("quarkus.flyway.password", password);
        assertThat(Settings.check(Service.AUDIT, settings::get))
                .extracting(Complaint::property)
                .containsExactly("quarkus.flyway.password");
        settings.put("quarkus.flyway.password", "a");
        assertThat(Settings.check(Service.AUDIT, settings::get)).isEmpty();
    }

    @Test
    void oneKindOfLoginToVaultIsEnough() {
        var settings = new HashMap<String, @Nullable String>(GOOD);
        settings.remove("quarkus.vault.authentication.kubernetes.role");
        settings.put("quarkus.vault.authentication.userpass.username", "rotation");
        assertThat(Settings.check(Service.ROTATION, settings::get)).isEmpty();
    }

    @Test
    void anEmptyLoginToVaultIsNoneAndBesideAnotherSwitchesItsDefaultOff() {
        var settings = with("quarkus.vault.authentication.kubernetes.role", "");
        assertThat(Settings.check(Service.WATCHER, settings::get))
                .extracting(Complaint::property)
                .containsExactly("quarkus.vault.authentication.kubernetes.role");
        settings.put("quarkus.vault.authentication.userpass.username", "watcher");
        assertThat(Settings.check(Service.WATCHER, settings::get)).isEmpty();
    }

    @Test
    void theVariableOfAPropertyIsUpperCaseWithUnderscores() {
        assertThat(Complaint.variable("keyturn.audit.page.max-payload-bytes"))
                .isEqualTo("KEYTURN_AUDIT_PAGE_MAX_PAYLOAD_BYTES");
    }

    private static List<String> needs(Service service) {
        var database = List.of(
                "quarkus.datasource.jdbc.url", "quarkus.datasource.reactive.url", "quarkus.datasource.username");
        return Stream.of(
                        Stream.of("keyturn.cluster", "kafka.bootstrap.servers"),
                        service == Service.WATCHER ? Stream.<String>empty() : database.stream(),
                        service == Service.WATCHER || service == Service.ROTATION
                                ? Stream.of("quarkus.vault.url", "quarkus.vault.authentication.kubernetes.role")
                                : Stream.<String>empty())
                .flatMap(part -> part)
                .toList();
    }

    private static Map<String, @Nullable String> with(String property, String value) {
        var settings = new HashMap<String, @Nullable String>(GOOD);
        settings.put(property, value);
        return settings;
    }
}
