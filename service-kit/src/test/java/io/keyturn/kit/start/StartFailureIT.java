package io.keyturn.kit.start;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.FreePort;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What PostgreSQL and its driver really refuse, each with the remedy that helps. */
class StartFailureIT {
    private static PostgresServer plain;
    private static PostgresServer encrypted;

    @BeforeAll
    static void start() {
        plain = PostgresServer.start();
        encrypted = PostgresServer.start(PostgresServer.Options.plain().withTlsRequired());
    }

    @AfterAll
    static void stop() {
        plain.close();
        encrypted.close();
    }

    @Test
    void aServerThatIsNotThere() {
        assertThat(told("jdbc:postgresql://127.0.0.1:" + FreePort.next() + "/none", "a"))
                .contains("quarkus.datasource.jdbc.url", "does not answer");
    }

    @Test
    void aLoginThatIsWrong() {
        assertThat(told(plain.jdbcUrl("postgres"), "wrong")).contains("quarkus.flyway.username", "refuses");
    }

    @Test
    void aPasswordThatIsMissing() {
        assertThat(told(plain.jdbcUrl("postgres"), null)).contains("turns the service away", "password");
    }

    @Test
    void aServerWithoutTheTlsThatIsAskedFor() {
        assertThat(told(plain.jdbcUrl("postgres") + "?sslmode=require", "a"))
                .contains("turns the service away", "sslmode");
    }

    @Test
    void aCertificateOfAnotherAuthority(@TempDir Path folder) throws Exception {
        try (var other = PostgresServer.start(PostgresServer.Options.plain().withTls())) {
            var authority = Files.copy(other.certificateAuthority(), folder.resolve("ca.crt"));
            assertThat(told(encrypted.jdbcUrl("postgres") + "?sslmode=verify-full&sslrootcert=" + authority, "a"))
                    .contains("no TLS comes about", "sslrootcert");
        }
    }

    @Test
    void anAuthorityThatIsNone(@TempDir Path folder) throws Exception {
        var nonsense = Files.writeString(folder.resolve("ca.crt"), "no certificate");
        assertThat(told(encrypted.jdbcUrl("postgres") + "?sslmode=verify-full&sslrootcert=" + nonsense, "a"))
                .contains("no TLS comes about", "sslrootcert");
    }

    /** What is told of a login there as the superuser; never the password. */
    private static String told(String url, @Nullable String password) {
        var failure = catchThrowableOfType(
                SQLException.class,
                () -> DriverManager.getConnection(url, PostgresServer.SUPERUSER, password)
                        .close());
        return StartFailure.complaints(new IllegalStateException(failure)).toString();
    }
}
