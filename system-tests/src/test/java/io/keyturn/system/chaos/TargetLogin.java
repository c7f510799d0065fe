package io.keyturn.system.chaos;

import java.sql.SQLException;

import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.shop.Fleet.Credential;

/** Logins at the target, past every fault of a link. */
record TargetLogin(PostgresServer target, String database) {
    /** What the server says of a credential. */
    enum Answer {
        ACCEPTED,
        REFUSED,
        /** It says nothing, or nothing about the credential. */
        UNREACHABLE
    }

    Answer with(Credential credential) {
        try (var _ = target.connect(database, credential.user(), credential.password())) {
            return Answer.ACCEPTED;
        } catch (SQLException e) {
            // Class 28: invalid authorization.
            return e.getSQLState() != null && e.getSQLState().startsWith("28") ? Answer.REFUSED : Answer.UNREACHABLE;
        }
    }
}
