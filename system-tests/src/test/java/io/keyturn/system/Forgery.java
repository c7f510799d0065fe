package io.keyturn.system;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Events as a service would say them, said by an administrator, who may write any topic. */
final class Forgery {
    private static final ClusterName CLUSTER = new ClusterName("system");
    private static final int LARGEST_REQUEST = 2 << 20;

    private Forgery() {}

    /** Returns what was said when the broker has all of it. */
    static List<EventEnvelope> say(Service as, List<? extends Event> events)
            throws ExecutionException, InterruptedException {
        var envelopes = events.stream()
                .map(event -> EventEnvelope.from(CLUSTER, as, UUID.randomUUID(), Instant.now(), null, event))
                .toList();
        var config = new HashMap<String, Object>(Keyturn.testbed().kafka().clientConfig(KafkaServer.ADMIN));
        config.put("max.request.size", LARGEST_REQUEST);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            for (var envelope : envelopes) {
                producer.send(new ProducerRecord<>(
                                EventType.of(envelope.event()).topic().topicName(),
                                null,
                                envelope.key(),
                                CloudEventCodec.value(envelope.event()),
                                CloudEventCodec.headers(envelope)))
                        .get();
            }
        }
        return envelopes;
    }
}
