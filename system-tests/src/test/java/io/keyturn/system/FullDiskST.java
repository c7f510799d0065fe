package io.keyturn.system;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The disk of the services' databases is full in the middle of a run. */
class FullDiskST {
    private static final String NO_ROOM = "No space left on device";
    private static final List<String> DATABASES = Arrays.stream(ServiceJar.values())
            .filter(ServiceJar::hasDatabase)
            .map(ServiceJar::principal)
            .toList();

    private final PostgresServer postgres = Keyturn.testbed().postgres();

    @Proves({"R20", "I6"})
    @Test
    void whatFindsNoRoomWaitsAndIsWrittenWholeWhenThereIsSome() throws IOException {
        assumeTrue(SmallDisk.isAllowed(), "a small disk is mounted, which takes the rights of root");
        var scenario = Scenario.adopted("full-disk", Strategy.ALTERNATING, Duration.ofSeconds(120));
        var before = scenario.rotate("with-room");
        scenario.succeeds(before);
        int version = scenario.vaultVersion();
        try (var disk = SmallDisk.under(postgres, DATABASES)) {
            long refused = refused();
            disk.fill();
            var run = scenario.rotate("without-room");
            await("PostgreSQL finds no room").atMost(Scenario.PATIENCE).until(() -> refused() > refused);
            await("all live, and nothing ends")
                    .during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> allLive()
                            && Audit.holds()
                            && Audit.types(run).size() < Audit.types(before).size());

            disk.clear();

            scenario.succeeds(run);
            assertThat(scenario.vaultVersion()).isEqualTo(version + 1);
            scenario.assertNobodyWasRefused();
            await("on record")
                    .atMost(Scenario.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(Audit.types(run)).containsExactlyInAnyOrderElementsOf(Audit.types(before)));
            assertThat(Audit.holds()).isTrue();
        }
    }

    /** How often PostgreSQL found no room. */
    private long refused() throws IOException {
        try (var lines = Files.lines(postgres.log())) {
            return lines.filter(line -> line.contains(NO_ROOM)).count();
        }
    }

    private static boolean allLive() {
        return Keyturn.platform().services().stream().allMatch(service -> service.status("/q/health/live") == 200);
    }
}
