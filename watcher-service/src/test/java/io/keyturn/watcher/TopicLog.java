package io.keyturn.watcher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Everything that arrives on a topic, from its beginning, as another program sees it. */
public final class TopicLog implements AutoCloseable {
    private final List<ConsumerRecord<String, byte[]>> records = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    public TopicLog(Topic topic) {
        this(topic.topicName());
    }

    TopicLog(String topic) {
        var settings = new HashMap<String, Object>(Testbed.shared().kafka().clientConfig(KafkaServer.ADMIN));
        var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = Thread.ofVirtual().start(() -> {
            try (consumer) {
                while (!closed) {
                    consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                }
            }
        });
    }

    /** The records about an object, in order. */
    Stream<ConsumerRecord<String, byte[]>> about(ObjectRef object) {
        var key = RecordKey.of(new ClusterName(WatcherTestbed.CLUSTER), object);
        return records.stream().filter(record -> key.equals(record.key()));
    }

    /** What was said about an object, in order. */
    List<DecodeResult> results(ObjectRef object) {
        return about(object)
                .map(r -> CloudEventCodec.decode(r.topic(), r.key(), r.headers(), r.value()))
                .toList();
    }

    public List<EventEnvelope> envelopes(ObjectRef object) {
        return results(object).stream()
                .filter(Accepted.class::isInstance)
                .map(r -> ((Accepted) r).envelope())
                .toList();
    }

    public <T> List<T> events(ObjectRef object, Class<T> type) {
        return envelopes(object).stream()
                .map(EventEnvelope::event)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** How many statements there are in all. */
    int statements() {
        return (int) records.stream()
                .map(r -> CloudEventCodec.decode(r.topic(), r.key(), r.headers(), r.value()))
                .filter(r -> r instanceof Accepted(var envelope) && envelope.event() instanceof SecretEvent)
                .count();
    }

    /** Whether any key, header or value contains a text. */
    boolean contains(String text) {
        return records.stream().anyMatch(r -> holds(r, text));
    }

    private static boolean holds(ConsumerRecord<String, byte[]> entry, String text) {
        return String.valueOf(entry.key()).contains(text)
                || (entry.value() != null && new String(entry.value(), StandardCharsets.UTF_8).contains(text))
                || Stream.of(entry.headers().toArray())
                        .anyMatch(h -> new String(h.value(), StandardCharsets.UTF_8).contains(text));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
