package io.keyturn.rotation.bed;

import java.sql.Connection;
import java.sql.SQLException;

import io.keyturn.testbed.Testbed;

import static org.awaitility.Awaitility.await;

/** A login role that somebody else is just changing: who changes it too waits, so a run stands still while its value is applied. */
public final class HeldRole implements AutoCloseable {
    private final Connection holder;
    private final String role;

    public HeldRole(String role) throws SQLException {
        this.role = role;
        holder = Testbed.shared().postgres().connect("postgres");
        holder.setAutoCommit(false);
        try (var statement = holder.createStatement()) {
            statement.execute("alter role \"" + role + "\" connection limit -1");
        }
    }

    /** Returns once somebody waits for the role; what the run has checked and kept before is behind it then. */
    public void awaitSomebodyWaiting() {
        await().atMost(Scenario.PATIENCE).until(this::isAwaited);
    }

    private boolean isAwaited() throws SQLException {
        try (var connection = Testbed.shared().postgres().connect("postgres");
                var statement = connection.prepareStatement("""
                        select exists (select from pg_stat_activity
                                        where wait_event_type = 'Lock' and query ilike 'alter %' and position(? in query) > 0)
                        """)) {
            statement.setString(1, role);
            try (var rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    /** Who waits goes on. */
    public void letGo() throws SQLException {
        holder.rollback();
    }

    /** Who waits fails, for the role is another one now, and has to try again. */
    public void change() throws SQLException {
        holder.commit();
    }

    @Override
    public void close() throws SQLException {
        holder.close();
    }
}
