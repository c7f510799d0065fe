package io.keyturn.testbed.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Events made by hand, as any outside producer would make them. */
record OutsideProducer(KafkaServer kafka) {
    /** Sends so many; how many the broker has acknowledged. */
    int send(int count, IntFunction<ProducerRecord<String, byte[]>> record) {
        var config = new HashMap<String, Object>(kafka.clientConfig(KafkaServer.ADMIN));
        config.putAll(Map.of("acks", "all", "enable.idempotence", true, "linger.ms", 5));
        var acknowledged = new AtomicInteger();
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(record.apply(i), (_, failure) -> {
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    }
                });
            }
        }
        return acknowledged.get();
    }

    /**
     * An event in binary mode.
     *
     * @param service that is said to have stated it
     * @param object what it is about, as {@code namespace/Kind/name}
     */
    static ProducerRecord<String, byte[]> event(
            String topic, String service, String type, String object, Instant at, String data) {
        var parts = object.split("/");
        var key = "bench/" + parts[0] + "/" + parts[1].toLowerCase(Locale.ROOT) + "/" + parts[2];
        var record = new ProducerRecord<>(topic, key, data.getBytes(StandardCharsets.UTF_8));
        Map.of(
                        "content-type",
                        "application/json",
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_source",
                        "/clusters/bench/" + service,
                        "ce_type",
                        type,
                        "ce_subject",
                        object,
                        "ce_time",
                        at.toString(),
                        "ce_datacontenttype",
                        "application/json",
                        "ce_partitionkey",
                        key)
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }
}
