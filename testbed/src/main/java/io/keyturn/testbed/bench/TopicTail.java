package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the topic of rotations from its end on, like any outside consumer, and notes when each fact arrived. */
final class TopicTail implements AutoCloseable {
    private static final String TOPIC = "keyturn.rotations.v1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Seen> seen = new ArrayList<>();
    private final CountDownLatch reading = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * A fact.
     *
     * @param step such as {@code succeeded}
     * @param at {@link System#nanoTime} when it was read
     */
    record Seen(String step, String namespace, String name, String run, long at) {}

    TopicTail(KafkaServer kafka) {
        var config = new HashMap<String, Object>(kafka.clientConfig(KafkaServer.ADMIN));
        thread = Thread.ofPlatform().daemon().name("topic-tail").start(() -> read(config));
        try {
            reading.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the first fact of that kind that was read after {@code since}. */
    Seen await(Predicate<Seen> wanted, long since, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (seen) {
            while (true) {
                var found = seen.stream()
                        .filter(fact -> fact.at() - since >= 0 && wanted.test(fact))
                        .findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new IllegalStateException(
                            "a rotation did not get there within " + patience.toSeconds() + " s");
                }
                pause(left);
            }
        }
    }

    /** All facts read after {@code since}. */
    List<Seen> since(long since) {
        synchronized (seen) {
            return seen.stream().filter(fact -> fact.at() - since >= 0).toList();
        }
    }

    private void pause(long millis) {
        try {
            seen.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void read(Map<String, Object> config) {
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            // Seeking is lazy: asking for the positions makes it happen.
            partitions.forEach(consumer::position);
            reading.countDown();
            while (!closed) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    note(record, System.nanoTime());
                }
            }
        }
    }

    private void note(ConsumerRecord<String, byte[]> record, long now) {
        var type = new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8);
        try {
            var run = JSON.readTree(record.value()).path("run");
            var fact = new Seen(
                    type.replace("io.keyturn.rotation.", "").replace(".v1", ""),
                    run.at("/policy/namespace").asText(),
                    run.at("/policy/name").asText(),
                    run.path("id").asText(),
                    now);
            synchronized (seen) {
                seen.add(fact);
                seen.notifyAll();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
