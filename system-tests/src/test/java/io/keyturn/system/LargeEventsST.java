package io.keyturn.system;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.topic.Service;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Events as large as they can be, many at once, fit into services as small as they are installed. */
class LargeEventsST {
    private static final String NAMESPACE = "large";
    private static final int EVENTS = 30;

    @Test
    void manyOfTheLargestEventsAreOnRecordAndNobodyRunsOutOfMemory() throws ExecutionException, InterruptedException {
        var sent = send();

        await("on record")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() ->
                        assertThat(Audit.ids(NAMESPACE, "restart.planned.v1")).isEqualTo(sent));
        // Without memory a service ends itself.
        for (var service : Keyturn.platform().services()) {
            assertThat(ProcessHandle.of(service.pid()))
                    .as(service.service().name())
                    .isPresent();
            assertThat(service.status("/q/health/ready"))
                    .as(service.service().name())
                    .isEqualTo(200);
        }
        assertThat(Audit.holds()).isTrue();
    }

    private static Set<String> send() throws ExecutionException, InterruptedException {
        var events = IntStream.range(0, EVENTS).mapToObj(LargeEventsST::event).toList();
        assertThat(events)
                .allSatisfy(event -> assertThat(CloudEventCodec.value(event).length)
                        .isBetween(900_000, CloudEventCodec.MAX_VALUE_BYTES));
        return Forgery.say(Service.RESTART, events).stream()
                .map(envelope -> envelope.id().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static RestartPlanned event(int number) {
        var plan = new PlanRef(new PlanId("large-" + number), ObjectRef.secret(NAMESPACE, "s" + number), null);
        var workloads = IntStream.range(0, 3_000)
                .mapToObj(i -> new PlannedWorkload(
                        0,
                        new WorkloadRef(
                                WorkloadKind.Deployment,
                                NAMESPACE,
                                "w".repeat(200) + i,
                                new Uid(UUID.randomUUID().toString()))))
                .toList();
        return new RestartPlanned(plan, Instant.now(), workloads);
    }
}
