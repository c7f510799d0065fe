package io.keyturn.rotation.target.postgres;

import java.sql.SQLException;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetConformance;
import org.junit.jupiter.api.BeforeEach;

/** The conformance suite on a server that logs every statement. */
abstract class PostgresConformance extends TargetConformance {
    protected String prefix = "";
    private String before = "";

    abstract PostgresPlan plan(String host, int port, String prefix);

    @BeforeEach
    final void rememberLog() {
        before = Servers.log(Servers.server());
    }

    @Override
    protected Target openTarget() {
        prefix = Servers.prefix();
        Servers.roles(Servers.server(), prefix);
        return Servers.open(
                plan(Servers.server().host(), Servers.server().port(), prefix), Servers.superuser(Servers.server()));
    }

    @Override
    protected Credential liveCredential() {
        return credential(prefix + "_a", Servers.FIRST);
    }

    @Override
    protected boolean accepts(Credential credential) {
        try (var connection = connect(credential)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    protected AutoCloseable session(Credential credential) throws Exception {
        return connect(credential);
    }

    private java.sql.Connection connect(Credential credential) throws SQLException {
        return Servers.server()
                .connect(prefix, credential.principal(), credential.secret().useString(text -> text));
    }

    @Override
    protected long changes() {
        return Servers.changes(Servers.server(), prefix);
    }

    /** What was logged since the test began, without what the test itself said to make the roles. */
    @Override
    protected String log() {
        var lines = Servers.log(Servers.server()).substring(before.length()).lines();
        return String.join(
                "\n", lines.filter(line -> !line.contains("create role")).toList());
    }
}
