package io.keyturn.rotation;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A run in a state that this version does not know, as a later one leaves it behind when it is taken back. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class UnreadableRunIT extends Scenario {
    private final PostgresServer postgres = Testbed.shared().postgres();
    private final RotationId unknown = newRun();

    @AfterEach
    void forgetTheRun() {
        postgres.execute(RotationBed.DATABASE, "delete from rotation where id = '" + unknown + "'");
    }

    @Proves("R45")
    @Test
    void otherRunsGoOnAndItIsToldOnce() {
        var policy = adopted(true);
        postgres.execute(RotationBed.DATABASE, """
                insert into rotation (id, namespace, name, policy_uid, reason, phase, state, state_since, due_at, requested_at)
                values ('%s', 'nowhere', 'none', '%s', 'MANUAL', 'Hibernating',
                        '{"state": "RotationState$Hibernating"}', now(), now(), now())""".formatted(unknown, unknown));
        long first = awaitClaimAfter(0);
        postgres.execute(RotationBed.DATABASE, "update rotation set claimed_until = null where id = '" + unknown + "'");

        var run = newRun();
        state(policy, run, last(policy), null);

        awaitOutcome("Succeeded", run);
        awaitClaimAfter(first);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(complaints()).isEqualTo(1));
    }

    /** Each claim has a higher number. */
    private long awaitClaimAfter(long number) {
        return await().atMost(PATIENCE).until(this::epoch, claim -> claim > number);
    }

    private long epoch() throws SQLException {
        try (var connection = postgres.connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select epoch from rotation where id = '" + unknown + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long complaints() throws IOException {
        try (var lines = Files.lines(RotationBed.SERVICE_LOG)) {
            return lines.filter(line -> line.contains("KT3008") && line.contains(unknown.value()))
                    .count();
        }
    }
}
