package io.keyturn.testbed.bench;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.shop.Fleet;
import org.apache.kafka.clients.producer.ProducerRecord;

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
        var bytes = new AtomicLong();
        int acknowledged = new OutsideProducer(kafka).send(count, i -> {
            int at = i % members.size();
            var record = request(prefix + i, members.get(at), uids.get(at));
            bytes.addAndGet(weight(record));
            return record;
        });
        if (acknowledged != count) {
            throw new IllegalStateException("the broker took only " + acknowledged + " of " + count + " requests");
        }
        return bytes.get() / 1e6;
    }

    private ProducerRecord<String, byte[]> request(String id, String member, String uid) {
        var now = Instant.now();
        var data = """
                {"about":{"kind":"SecretRotation","name":"%s","namespace":"%s"},"at":"%s","basedOn":"longago","id":"%s","policyUid":"%s",\
                "reason":"MANUAL","requestedBy":"bench"}""".formatted(member, fleet.namespace(), now, id, uid);
        return OutsideProducer.event(
                TOPIC,
                "keyturn-watcher",
                "io.keyturn.rotation.requested.v1",
                fleet.namespace() + "/SecretRotation/" + member,
                now,
                data);
    }

    private static long weight(ProducerRecord<String, byte[]> record) {
        long bytes = record.key().length() + record.value().length;
        for (var header : record.headers()) {
            bytes += header.key().length() + header.value().length;
        }
        return bytes;
    }
}
