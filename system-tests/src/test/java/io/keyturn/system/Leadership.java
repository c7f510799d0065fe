package io.keyturn.system;

import io.keyturn.testbed.platform.RunningService;

import static org.awaitility.Awaitility.await;

/** Which watcher speaks. One that is ready may still stand by, until the lease of the one before is over. */
final class Leadership {
    private Leadership() {}

    static boolean isHeldBy(RunningService watcher) {
        return watcher.get("/q/metrics").lines().anyMatch(line -> line.matches("keyturn_leader(\\{.*})? 1\\.0"));
    }

    static void awaitHeldBy(RunningService watcher) {
        watcher.awaitReady();
        await("the watcher leads").atMost(Scenario.PATIENCE).until(() -> isHeldBy(watcher));
    }
}
