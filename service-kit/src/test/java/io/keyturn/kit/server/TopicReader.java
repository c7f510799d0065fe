package io.keyturn.kit.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.ConfigProvider;

/** Everything that is on a topic of the service's broker, from its beginning, record by record. */
public final class TopicReader implements AutoCloseable {
    private static final List<String> CLIENT =
            List.of("bootstrap.servers", "security.protocol", "sasl.mechanism", "sasl.jaas.config");

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();

    public TopicReader(String topic) {
        var config = new HashMap<String, Object>();
        CLIENT.forEach(name -> ConfigProvider.getConfig()
                .getOptionalValue("kafka." + name, String.class)
                .ifPresent(value -> config.put(name, value)));
        consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(topic, p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** What was read so far, of one key, in the order of the topic. */
    public List<ConsumerRecord<String, byte[]>> ofKey(String key) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        return records.stream().filter(r -> Objects.equals(r.key(), key)).toList();
    }

    /** What was read so far, in no order between partitions. */
    public List<ConsumerRecord<String, byte[]>> all() {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        return List.copyOf(records);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
