package io.keyturn.rotation.target.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.contract.resource.PostgresTarget.TlsMode;
import io.keyturn.contract.resource.SecretRotationSpec.Store;
import io.keyturn.contract.resource.SecretRotationSpec.VaultPath;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the guide has users set up is enough for all that a rotation does, and keeps values out of a log that shows everything else. */
class PostgresGuideIT {
    private static final String GUIDE = "docs/guides/rotate-your-first-postgresql-credential.md";
    private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    @Proves("I7")
    @Test
    void adminOfTheGuideTakesTheCredentialThroughTwoTurnsAndBack() throws Exception {
        var everything = new PostgresServer.Options(
                false, false, true, Map.of("log_min_duration_statement", "0", "log_duration", "on"));
        try (var server = PostgresServer.start(everything);
                var app = credential("orders_app", "value-of-app");
                var a = credential("orders_a", "first-value-of-a");
                var b = credential("orders_b", "first-value-of-b")) {
            follow(server);
            var before = Files.readString(server.log()).length();
            try (var target = target(server)) {
                assertDone(target.inspect(app));
                turn(target, app, a);
                assertThat(target.retire(app, Instant.now(), true)).isEqualTo(Outcome.done(RetirementProof.LEFT_ALONE));
                assertDone(target.test(app));
                owns(server, a);

                turn(target, a, b);
                assertThat(target.retire(a, Instant.now(), true))
                        .isEqualTo(Outcome.done(RetirementProof.LOGIN_REFUSED));

                // A third turn goes wrong while somebody is logged in with the new value.
                try (var again = credential("orders_a", "second-value-of-a")) {
                    turn(target, b, again);
                    try (var session = server.connect("orders", "orders_a", "second-value-of-a")) {
                        assertDone(target.revert(again, b));
                        assertThat(session.isValid(2)).isFalse();
                    }
                    assertDone(target.test(b));
                }
            }

            assertThat(Files.readString(server.log()).substring(before))
                    .contains("orders_keyturn@orders") // who is logged, in detail
                    .contains("pg_terminate_backend")
                    .doesNotContain("-value-of-", "SCRAM-SHA-256$");
        }
    }

    private static void follow(PostgresServer server) throws SQLException, IOException {
        server.execute(
                "postgres",
                "create role orders_app login password 'value-of-app'",
                "create database orders owner orders_app");
        try (var app = server.connect("orders", "orders_app", "value-of-app")) {
            run(app, "create table sale (id int); insert into sale values (1)");
        }
        var guide = SQL.matcher(Files.readString(Tools.repository().resolve(GUIDE)));
        assertThat(guide.find()).isTrue();
        server.execute("orders", guide.group(1), "alter role orders_keyturn password 'value-of-keyturn'");
    }

    /** As the guide's SecretRotation says it, but for the encryption. */
    private static PostgresTargetRoles target(PostgresServer server) {
        var plan = new PostgresPlan(
                server.host(),
                server.port(),
                "orders",
                Strategy.AlternatingRoles,
                "orders_owner",
                List.of("orders_a", "orders_b"),
                false,
                new Store(new VaultPath("shop/orders-db-admin")),
                TlsMode.disable,
                null);
        return new PostgresTargetRoles(
                plan,
                true,
                new io.keyturn.rotation.target.postgres.PostgresServer(
                        plan,
                        credential("orders_keyturn", "value-of-keyturn"),
                        new AdminConnections(),
                        new RoleFence(1)),
                InstantSource.system());
    }

    private static void turn(PostgresTargetRoles target, Credential live, Credential next) {
        assertThat(target.successorOf(live.principal())).isEqualTo(next.principal());
        assertDone(target.successorIsFree(live));
        assertDone(target.apply(next));
        assertDone(target.test(next));
        assertDone(target.unused(live, Instant.now()));
    }

    /** The new role works with what the application's user has made, and leaves to the owner what it makes. */
    private static void owns(PostgresServer server, Credential next) throws SQLException {
        try (var connection =
                server.connect("orders", next.principal(), next.secret().useString(text -> text))) {
            run(connection, "insert into sale values (2); create table made (id int); drop table made");
        }
    }

    private static Credential credential(String principal, String value) {
        return new Credential(principal, SecretValue.copyOf(value));
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void assertDone(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }
}
