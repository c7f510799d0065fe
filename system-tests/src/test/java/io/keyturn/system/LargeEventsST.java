package io.keyturn.system;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.Origin;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Events as large as they can be, many at once, fit into services as small as they are installed. */
class LargeEventsST {
    private static final String NAMESPACE = "large";
    private static final int EVENTS = 30;

    @Proves("I6")
    @Test
    void manyOfTheLargestEventsAreOnRecordAndNobodyRunsOutOfMemory() throws ExecutionException, InterruptedException {
        var plans = say(Service.RESTART, LargeEventsST::plan);
        var changes = say(Service.WATCHER, LargeEventsST::change);

        awaitOnRecord("restart.planned.v1", plans);
        awaitOnRecord("secret.changed.v1", changes);
        // It reads all that was stated of the cluster, and finds that these Secrets are not there.
        Keyturn.service(ServiceJar.WATCHER).restart();
        // One may be stated twice: what was not acknowledged is sent again.
        await("stated as deleted")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(Keyturn.facts().of(NAMESPACE, SecretDeleted.class))
                        .extracting(deleted -> deleted.about().name())
                        .containsOnly(names()));
        ConsumerGroups.awaitRead(Topic.SECRETS);
        ConsumerGroups.awaitRead(Topic.RESTARTS);
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

    private static void awaitOnRecord(String type, Set<String> ids) {
        await("on record")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(Audit.ids(NAMESPACE, type)).isEqualTo(ids));
    }

    /** Says some of the largest; answers their ids. */
    private static Set<String> say(Service as, IntFunction<Event> event)
            throws ExecutionException, InterruptedException {
        var events = IntStream.range(0, EVENTS).mapToObj(event).toList();
        assertThat(events.stream().map(one -> CloudEventCodec.value(one).length))
                .allSatisfy(size -> assertThat(size).isBetween(900_000, CloudEventCodec.MAX_VALUE_BYTES));
        return Forgery.say(as, events).stream()
                .map(envelope -> envelope.id().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String[] names() {
        return IntStream.range(0, EVENTS).mapToObj(LargeEventsST::name).toArray(String[]::new);
    }

    private static String name(int number) {
        return "large-" + number;
    }

    /** A Secret with as many keys as none has: their values alone would be as long. */
    private static Event change(int number) {
        var fingerprint = List.of(new Fingerprint(1, "0".repeat(64)));
        var keys = IntStream.range(0, 3_500)
                .boxed()
                .collect(Collectors.toMap(i -> new KeyName("k".repeat(200) + i), _ -> fingerprint));
        return new SecretChanged(
                ObjectRef.secret(NAMESPACE, name(number)),
                new Uid(name(number)),
                new ResourceVersion("1"),
                1,
                keys,
                null,
                Origin.OTHER,
                null,
                Map.of(),
                Instant.now());
    }

    private static Event plan(int number) {
        var plan = new PlanRef(new PlanId(name(number)), ObjectRef.secret(NAMESPACE, "s" + number), null);
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
