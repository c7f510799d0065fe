package io.keyturn.system;

import java.util.List;

import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two instances of one service share its work; one that is killed is replaced by the other, and nothing is lost or done twice. */
class TwoInstancesST {
    @AfterEach
    void everythingRuns() {
        for (var service : new ServiceJar[] {ServiceJar.WATCHER, ServiceJar.RESTART}) {
            Keyturn.service(service).restart();
            Keyturn.service(service).awaitReady();
        }
    }

    @Proves("I5")
    @Test
    void restartServicesShareTheWorkAndTheOneThatIsLeftTakesItOver() {
        var readers = new Readers("two-restarts", 8);
        readers.create();
        try (var second = Keyturn.platform().another(ServiceJar.RESTART)) {
            second.awaitReady();
            await("both make plans").atMost(Scenario.PATIENCE).until(() -> {
                readers.changeAll();
                readers.awaitPatched();
                return readers.planners() == 2;
            });
            readers.assertOnePatchPerRound();

            readers.changeAll();
            Keyturn.service(ServiceJar.RESTART).kill();
            readers.awaitPatched();
            readers.changeAll();
            readers.awaitPatched();
            readers.assertOnePatchPerRound();
            // As a pod ends: a member of the group that is only silent is waited for by whoever comes next.
            second.stop();
        }
    }

    @Test
    void ofTwoWatchersOneSpeaksAndTheOneThatIsLeftGoesOn() {
        var readers = new Readers("two-watchers", 4);
        readers.create();
        try (var second = Keyturn.platform().another(ServiceJar.WATCHER)) {
            second.awaitReady();
            readers.changeAll();
            readers.awaitStated();
            var both = List.of(Keyturn.service(ServiceJar.WATCHER), second);
            assertThat(both).filteredOn(Leadership::isHeldBy).hasSize(1);
            var leader = Leadership.isHeldBy(second) ? second : both.getFirst();
            var other = leader == second ? both.getFirst() : second;

            readers.changeAll();
            leader.kill();
            readers.changeAll();
            Leadership.awaitHeldBy(other);
            readers.awaitStated();
            readers.changeAll();
            readers.awaitStated();
            second.stop();
        }
        assertThat(readers.versionsStated()).doesNotHaveDuplicates();
    }
}
