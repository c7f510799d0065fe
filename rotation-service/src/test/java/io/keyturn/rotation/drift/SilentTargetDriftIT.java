package io.keyturn.rotation.drift;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Shop;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.page.Proves;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A database that swallows packets, with as many checks due as a process makes at once. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
@TestProfile(SilentTargetDriftIT.TwoLooks.class)
class SilentTargetDriftIT extends Scenario {
    private static final String ONLY_TELL = "driftCheck: {every: 10m, repair: Never}";

    /** Two at once, one of them at the same target. */
    public static final class TwoLooks implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("keyturn.rotation.drift.concurrency", "2", "keyturn.rotation.drift.per-target", "1");
        }
    }

    @Inject
    MeterRegistry metrics;

    private final Testbed bed = Testbed.shared();

    @Proves({"R10", "I10"})
    @Test
    void checksOfOtherTargetsDoNotWaitForOneThatDoesNotAnswer() throws IOException {
        var policy = adopted(false, ONLY_TELL);
        var proxy =
                bed.faults().proxy(shop.namespace, "localhost:" + bed.postgres().port());
        try {
            var silent = Stream.of(new Shop(), new Shop(), new Shop()).toList();
            silent.forEach(it -> it.behind(FaultProxy.port(proxy)));
            silent.forEach(it -> created(it, false, ONLY_TELL));
            silent.forEach(Scenario::awaitAdopted);
            proxy.toxics().timeout("swallow", ToxicDirection.UPSTREAM, 0);
            bed.postgres().execute("postgres", "alter role \"" + shop.roleA + "\" password 'older'");

            due(silent, "1 hour");
            due(List.of(shop), "1 minute");

            await().atMost(PATIENCE)
                    .until(() -> Topics.findings(policy.ref()).stream().anyMatch(FindingRaised.class::isInstance));
            assertThat(unanswered())
                    .as("the first look at the silent one is still waiting")
                    .isZero();
        } finally {
            proxy.delete();
        }
    }

    private void due(List<Shop> shops, String since) {
        shops.forEach(it -> bed.postgres()
                .execute(
                        RotationBed.DATABASE,
                        "update drift set due_at = now() - interval '" + since + "' where namespace = '" + it.namespace
                                + "'"));
    }

    private double unanswered() {
        return metrics.find("keyturn.drift.checks").tag("result", "UNKNOWN").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
