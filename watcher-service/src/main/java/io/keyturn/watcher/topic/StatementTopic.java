package io.keyturn.watcher.topic;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.DecodeResult.Refused;
import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.messaging.DeadLetters;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.statement.StatementState;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Topic {@code keyturn.secrets.v1} as memory: what was stated last about each object of this cluster. A record there that is no
 * statement is put aside, and what it has overwritten is put back: compaction would keep it for ever, and forget the statement.
 */
@ApplicationScoped
public class StatementTopic {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, Object> kafka;
    private final KitConfig kit;
    private final Clock clock;
    private final DeadLetters deadLetters;
    private final StatementSender sender;

    StatementTopic(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            KitConfig kit,
            Clock clock,
            DeadLetters deadLetters,
            StatementSender sender) {
        this.kafka = kafka;
        this.kit = kit;
        this.clock = clock;
        this.deadLetters = deadLetters;
        this.sender = sender;
    }

    /** What the records say, in their order. */
    private static final class Memory {
        /** Up to where bad records were put aside by an earlier term. */
        final Map<TopicPartition, OffsetAndMetadata> settled;

        final Map<String, EventEnvelope> last = new LinkedHashMap<>();
        /** Keys whose last record is no statement. */
        final Set<String> spoilt = new LinkedHashSet<>();

        int putAside;

        Memory(Map<TopicPartition, OffsetAndMetadata> settled) {
            this.settled = settled;
        }

        boolean isNew(ConsumerRecord<String, byte[]> entry) {
            var until = settled.get(new TopicPartition(entry.topic(), entry.partition()));
            return until == null || entry.offset() >= until.offset();
        }
    }

    /**
     * Reads all partitions from their beginning up to where they end now; the consumer group serves to remember which bad records
     * were put aside. For virtual threads; fails if the broker stays away too long.
     */
    public StatementState read() {
        try (var consumer = new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.SECRETS.topicName()).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var memory = new Memory(consumer.committed(Set.copyOf(partitions)));
            var ends = consumer.endOffsets(partitions);
            var deadline = clock.instant().plus(PATIENCE);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (clock.instant().isAfter(deadline)) {
                    throw new IllegalStateException("The topic could not be read to its end");
                }
                for (var entry : consumer.poll(POLL)) {
                    take(entry, memory);
                }
            }
            memory.spoilt.forEach(key -> sender.putBack(key, memory.last.get(key)));
            if (memory.putAside > 0) {
                WatcherLog.LOG.recordsPutAside(memory.putAside);
            }
            // Even if there was nothing: brokers forget what a group without members has not said for a week.
            consumer.commitSync(ends.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, end -> new OffsetAndMetadata(end.getValue()))));
            var state = StatementState.of(memory.last.values().stream()
                    .map(envelope -> (SecretEvent) envelope.event())
                    .toList());
            WatcherLog.LOG.topicRead(memory.last.size(), state.incarnation());
            return state;
        }
    }

    /** Records of other clusters are not ours to remember. */
    private void take(ConsumerRecord<String, byte[]> entry, Memory memory) {
        if (entry.key() != null && !entry.key().startsWith(kit.cluster() + "/")) {
            return;
        }
        switch (CloudEventCodec.decode(entry.topic(), entry.key(), entry.headers(), entry.value())) {
            case Accepted(var envelope) -> {
                memory.last.put(entry.key(), envelope);
                memory.spoilt.remove(entry.key());
            }
            case Tombstone(var key) -> {
                memory.last.remove(key);
                memory.spoilt.remove(key);
            }
            case Refused(var refusal) -> {
                if (memory.isNew(entry)) {
                    Bridge.await(() -> deadLetters.put(entry, refusal));
                    memory.putAside++;
                }
                if (refusal == Refusal.UNKNOWN_TYPE) {
                    // The next version may know it: that record stays.
                    memory.spoilt.remove(entry.key());
                } else if (entry.key() != null) {
                    memory.spoilt.add(entry.key());
                }
            }
        }
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kit.service().principal());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, kit.service().principal() + "-memory");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return settings;
    }
}
