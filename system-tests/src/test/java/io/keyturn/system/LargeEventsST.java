package io.keyturn.system;

import java.time.Instant;
import java.util.HashMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.platform.ServiceJar;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Events as large as they can be, many at once, fit into services as small as they are installed. */
class LargeEventsST {
    private static final String NAMESPACE = "large";
    private static final int EVENTS = 30;

    @Test
    void manyOfTheLargestEventsAreOnRecordAndNobodyRunsOutOfMemory() throws ExecutionException, InterruptedException {
        var audit = Keyturn.service(ServiceJar.AUDIT).pid();
        var sent = send();

        await("on record")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() ->
                        assertThat(Audit.ids(NAMESPACE, "restart.planned.v1")).isEqualTo(sent));
        // Without memory a service ends itself, and would not answer any more.
        for (var service : Keyturn.platform().services()) {
            assertThat(service.status("/q/health/ready"))
                    .as(service.service().name())
                    .isEqualTo(200);
        }
        assertThat(Keyturn.service(ServiceJar.AUDIT).pid()).isEqualTo(audit);
        assertThat(Audit.holds()).isTrue();
    }

    private static Set<String> send() throws ExecutionException, InterruptedException {
        var sent = new TreeSet<String>();
        var config = new HashMap<String, Object>(Keyturn.testbed().kafka().clientConfig(KafkaServer.ADMIN));
        config.put("max.request.size", 2 << 20);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < EVENTS; i++) {
                var envelope = envelope(i);
                var value = CloudEventCodec.value(envelope.event());
                assertThat(value.length).isBetween(900_000, CloudEventCodec.MAX_VALUE_BYTES);
                producer.send(new ProducerRecord<>(
                                Topic.RESTARTS.topicName(),
                                null,
                                envelope.key(),
                                value,
                                CloudEventCodec.headers(envelope)))
                        .get();
                sent.add(envelope.id().toString());
            }
        }
        return sent;
    }

    private static EventEnvelope envelope(int number) {
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
        return EventEnvelope.from(
                new ClusterName("system"),
                Service.RESTART,
                UUID.randomUUID(),
                Instant.now(),
                null,
                new RestartPlanned(plan, Instant.now(), workloads));
    }
}
