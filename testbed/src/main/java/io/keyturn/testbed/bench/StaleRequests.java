package io.keyturn.testbed.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.shop.Fleet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Requests that are based on a run that is not the last one. Each is taken up, recorded and answered with {@code STALE_REQUEST}, so many of
 * them have an outcome in a time that can be waited for.
 */
final class StaleRequests {
    private static final String TOPIC = "keyturn.rotation-requests.v1";

    private final KafkaServer kafka;
    private final Fleet fleet;
    private final List<String> members;

    StaleRequests(KafkaServer kafka, Fleet fleet, List<String> members) {
        this.kafka = kafka;
        this.fleet = fleet;
        this.members = members;
    }

    /** Sends so many, evenly over the members; megabytes of all keys, headers and values, each acknowledged by the broker. */
    double send(String prefix, int count) {
        var uids = members.stream()
                .map(member -> fleet.rotation(member).get().getMetadata().getUid())
                .toList();
        var config = new HashMap<String, Object>(kafka.clientConfig(KafkaServer.ADMIN));
        config.putAll(Map.of("acks", "all", "enable.idempotence", true, "linger.ms", 5));
        var acknowledged = new AtomicInteger();
        long bytes = 0;
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                int at = i % members.size();
                var record = record(prefix + i, members.get(at), uids.get(at));
                bytes += weight(record);
                producer.send(record, (_, failure) -> {
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    }
                });
            }
        }
        if (acknowledged.get() != count) {
            throw new IllegalStateException("the broker took only " + acknowledged + " of " + count + " requests");
        }
        return bytes / 1e6;
    }

    private ProducerRecord<String, byte[]> record(String id, String member, String uid) {
        var now = Instant.now().toString();
        var key = "bench/" + fleet.namespace() + "/secretrotation/" + member;
        var request = """
                {"about":{"kind":"SecretRotation","name":"%s","namespace":"%s"},"at":"%s","basedOn":"longago","id":"%s","policyUid":"%s",\
                "reason":"MANUAL","requestedBy":"bench"}""".formatted(member, fleet.namespace(), now, id, uid);
        var record = new ProducerRecord<>(TOPIC, key, request.getBytes(StandardCharsets.UTF_8));
        Map.of(
                        "content-type", "application/json",
                        "ce_specversion", "1.0",
                        "ce_id", UUID.randomUUID().toString(),
                        "ce_source", "/clusters/bench/keyturn-watcher",
                        "ce_type", "io.keyturn.rotation.requested.v1",
                        "ce_subject", fleet.namespace() + "/SecretRotation/" + member,
                        "ce_time", now,
                        "ce_datacontenttype", "application/json",
                        "ce_partitionkey", key)
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private static long weight(ProducerRecord<String, byte[]> record) {
        long bytes = record.key().length() + record.value().length;
        for (var header : record.headers()) {
            bytes += header.key().length() + header.value().length;
        }
        return bytes;
    }
}
