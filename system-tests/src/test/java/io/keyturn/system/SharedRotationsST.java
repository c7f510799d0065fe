package io.keyturn.system;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Fleet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two processes of rotation-service share what is due, and nothing is done twice. */
class SharedRotationsST {
    private static final List<String> MEMBERS =
            IntStream.range(0, 12).mapToObj(number -> "m" + number).toList();

    private final Fleet fleet = new Fleet(Keyturn.testbed(), Keyturn.testbed().postgres(), "shared");

    @Proves("I2")
    @Test
    void twoProcessesShareWhatIsDue() {
        fleet.create();
        MEMBERS.forEach(member -> fleet.add(member, true, List.of(member)));
        fleet.apply(MEMBERS.stream().map(this::manifest));
        awaitAll(0);
        var first = Keyturn.service(ServiceJar.ROTATION);
        try (var second = Keyturn.platform().another(ServiceJar.ROTATION)) {
            second.awaitReady();

            int rounds = 0;
            while (ended(first) == 0 || ended(second) == 0) {
                rounds++;
                assertThat(rounds).as("rounds in which one of them did it all").isLessThan(6);
                var token = "round-" + rounds;
                MEMBERS.forEach(member -> fleet.annotate(member, Map.of("keyturn.io/rotate", token)));
                awaitAll(rounds);
            }
            second.stop();
        }
    }

    private String manifest(String member) {
        return fleet.manifest(
                member, true, List.of(member), Keyturn.testbed().postgres().port(), "consumers: {deadline: 60s}");
    }

    /** One version for the first value, which is adopted by a run of its own, and one for every run that was asked for. */
    private void awaitAll(int runs) {
        await("run " + runs).atMost(Scenario.PATIENCE).untilAsserted(() -> {
            assertThat(fleet.statuses("lastRotation.outcome"))
                    .hasSize(MEMBERS.size())
                    .containsOnly("Succeeded");
            assertThat(MEMBERS).allSatisfy(member -> {
                assertThat(fleet.versions(member)).isEqualTo(1 + runs);
                assertThat(fleet.published(member)).isEqualTo(fleet.live(member));
                assertThat(fleet.pending(member, "")).isEmpty();
            });
        });
    }

    /** How many runs it has brought to their end, by its own account. */
    private static double ended(RunningService service) {
        return service.get("/q/metrics")
                .lines()
                .filter(line -> line.startsWith("keyturn_rotations_total{") && line.contains("cause=\"MANUAL\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
