package io.keyturn.kit.persistence;

import java.sql.SQLException;

import javax.sql.DataSource;

import jakarta.inject.Inject;

import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@WithTestResource(KitServers.class)
class InboxPrunerIT {
    @Inject
    InboxPruner pruner;

    @Inject
    DataSource database;

    @Test
    void whatIsOlderThanTheRetentionIsForgottenAndNothingElse() throws Exception {
        receive(2_300, 46);
        receive(10, 44);
        receive(10, 0);

        assertThat(pruner.prune()).isEqualTo(2_300);
        assertThat(pruner.prune()).isZero();
        assertThat(remembered()).isEqualTo(20);
    }

    private void receive(int events, int daysAgo) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement(
                        "insert into inbox (event_id, source, received_at)"
                                + " select gen_random_uuid(), 'pruned', now() - make_interval(days => ?) from generate_series(1, ?)")) {
            statement.setInt(1, daysAgo);
            statement.setInt(2, events);
            statement.executeUpdate();
        }
    }

    private long remembered() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from inbox where source = 'pruned'")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
