package io.keyturn.rotation.runner;

import java.io.IOException;
import java.sql.SQLException;

import jakarta.inject.Inject;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A database that swallows packets, with more runs of its own than a process drives at once. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class SilentTargetIT extends Scenario {
    /** More than keyturn.rotation.runner.concurrency. */
    private static final int MANY = 40;

    @Inject
    RunBulkheads bulkheads;

    private final Testbed bed = Testbed.shared();

    @Proves({"R10", "I10"})
    @Test
    void whereNobodyAnswersOneRunTriesAtATimeAndTheOthersGoOn() throws IOException {
        var policy = adopted(true);
        var proxy =
                bed.faults().proxy(shop.namespace, "localhost:" + bed.postgres().port());
        try {
            proxy.toxics().timeout("swallow", ToxicDirection.UPSTREAM, 0);
            for (int i = 0; i < MANY; i++) {
                silent("silent-" + i, FaultProxy.port(proxy));
            }
            await().atMost(PATIENCE).until(() -> count("true") == MANY && count("tries > 0") > 0);
            var target = "localhost:" + FaultProxy.port(proxy);
            await().atMost(PATIENCE).until(() -> bulkheads.inside(target) == 1);

            var run = newRun();
            state(policy, run, last(policy), null);
            await().atMost(PATIENCE).until(() -> {
                assertThat(bulkheads.inside(target)).isLessThanOrEqualTo(1);
                return last(policy).equals(run);
            });
            awaitOutcome("Succeeded", run);
            assertThat(count("finished_at is null")).as("still waiting").isEqualTo(MANY);

            proxy.toxics().get("swallow").remove();
            await("once it answers").atMost(PATIENCE).until(() -> count("finished_at is null") == 0);
        } finally {
            proxy.delete();
        }
    }

    private void silent(String name, int port) {
        shop.vault(name, name, "some-value");
        bed.kubernetes()
                .admin()
                .resource("""
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  target:
                    postgres:
                      host: localhost
                      port: %3$d
                      database: %2$s
                      admin: {vault: {path: %2$s/db-admin}}
                      tls: {mode: disable}
                      strategy: SingleRole
                      role: %1$s
                  store: {vault: {path: %2$s/%1$s}}
                  publish:
                    - secret:
                        name: %1$s
                        data: {password: "{password}"}
                """.formatted(name, shop.namespace, port))
                .create();
    }

    /** Runs at the silent database of which this is true. */
    private long count(String condition) {
        try (var connection = bed.postgres().connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from rotation where namespace = '" + shop.namespace
                        + "' and name like 'silent-%' and " + condition)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }
}
