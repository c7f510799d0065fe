package io.keyturn.system;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import io.keyturn.contract.event.FindingCleared;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** restart-service's database is lost: it says so, restarts nobody for it, and misses no change after it. */
class LostDatabaseST {
    private static final Readers READERS = new Readers("lost-database", 2);

    @BeforeAll
    static void rolledOnce() {
        READERS.create();
        READERS.changeAll();
        READERS.awaitPatched();
    }

    @AfterAll
    static void everythingRuns() {
        Keyturn.service(ServiceJar.RESTART).awaitReady();
    }

    @Proves("I5")
    @Test
    void aFindingIsRaisedNobodyIsRolledAndTheNextChangeIsNotMissed() {
        Keyturn.service(ServiceJar.RESTART).kill();
        Keyturn.platform().recreateDatabase(ServiceJar.RESTART);
        Keyturn.service(ServiceJar.RESTART).restart();
        Keyturn.service(ServiceJar.RESTART).awaitReady();

        await("findings").atMost(Scenario.PATIENCE).until(() -> raised().equals(READERS.secrets()));
        READERS.awaitAtRest();
        await("nobody is rolled")
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(3))
                .until(() -> READERS.patchedAsOftenAs(1));

        READERS.changeAll();
        READERS.awaitPatched();
        await("cleared").atMost(Scenario.PATIENCE).until(() -> cleared().equals(READERS.secrets()));
        assertThat(READERS.patchedAsOftenAs(2)).isTrue();
    }

    private static Set<ObjectRef> raised() {
        return Keyturn.facts().of(READERS.namespace(), FindingRaised.class).stream()
                .filter(finding -> finding.kind() == FindingKind.BASELINE_LOST)
                .map(FindingRaised::about)
                .collect(Collectors.toSet());
    }

    private static Set<ObjectRef> cleared() {
        return Keyturn.facts().of(READERS.namespace(), FindingCleared.class).stream()
                .map(FindingCleared::about)
                .collect(Collectors.toSet());
    }
}
