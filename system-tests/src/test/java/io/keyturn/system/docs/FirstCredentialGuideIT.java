package io.keyturn.system.docs;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

import io.keyturn.testbed.postgres.PostgresServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The SQL of the guide, on a real server: it gives no more than is needed. That it is enough is for {@code PostgresGuideIT}. */
class FirstCredentialGuideIT {
    private static final String GUIDE = "docs/guides/rotate-your-first-postgresql-credential.md";

    @Test
    void sqlOfTheGuideTurnsOneUserIntoTwoRolesThatKeyturnMayChange() throws SQLException {
        var found = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL)
                .matcher(Repository.read(Repository.ROOT.resolve(GUIDE)));
        assertThat(found.find()).isTrue();
        try (var server = PostgresServer.start()) {
            server.execute(
                    "postgres",
                    "create role orders_app login password 'app-password'",
                    "create database orders owner orders_app");
            try (var app = server.connect("orders", "orders_app", "app-password")) {
                run(app, "create schema shop; create table shop.sale (id int); insert into shop.sale values (1)");
            }

            server.execute("orders", found.group(1));
            server.execute("orders", "alter role orders_keyturn password 'keyturn-password'");

            try (var keyturn = server.connect("orders", "orders_keyturn", "keyturn-password")) {
                run(keyturn, "alter role orders_a login password 'a-password' valid until 'infinity'");
                try (var a = server.connect("orders", "orders_a", "a-password");
                        var app = server.connect("orders", "orders_app", "app-password")) {
                    run(a, "insert into shop.sale values (2); create table shop.made (id int)");
                    run(app, "insert into shop.sale values (3); drop table shop.made");
                    assertThatThrownBy(() -> run(keyturn, "select * from shop.sale"))
                            .isInstanceOf(SQLException.class);
                    assertThatThrownBy(() -> run(keyturn, "alter role orders_app nologin"))
                            .isInstanceOf(SQLException.class);
                    run(keyturn, "alter role orders_a nologin password null");
                    run(keyturn, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'orders_a'");
                    assertThatThrownBy(() -> run(a, "select 1")).isInstanceOf(SQLException.class);
                }
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
