package io.keyturn.watcher.topic;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.DecodeResult.Refused;
import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.statement.StatementState;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Topic {@code keyturn.secrets.v1} as memory: what was stated last about each object of this cluster. */
@ApplicationScoped
public class StatementTopic {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, Object> kafka;
    private final KitConfig kit;
    private final Clock clock;

    StatementTopic(@Identifier("default-kafka-broker") Map<String, Object> kafka, KitConfig kit, Clock clock) {
        this.kafka = kafka;
        this.kit = kit;
        this.clock = clock;
    }

    /** Reads all partitions up to where they end now. Outside any consumer group; fails if the broker stays away too long. */
    public StatementState read() {
        var last = new LinkedHashMap<String, SecretEvent>();
        int passedOver = 0;
        try (var consumer = new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.SECRETS.topicName()).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var deadline = clock.instant().plus(PATIENCE);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (clock.instant().isAfter(deadline)) {
                    throw new IllegalStateException("The topic could not be read to its end");
                }
                for (var entry : consumer.poll(POLL)) {
                    passedOver += take(entry, last);
                }
            }
        }
        if (passedOver > 0) {
            WatcherLog.LOG.recordsPassedOver(passedOver);
        }
        var state = StatementState.of(last.values());
        WatcherLog.LOG.topicRead(last.size(), state.incarnation());
        return state;
    }

    /** Answers with 1 if the record could not be read. Records of other clusters are not ours to remember. */
    private int take(ConsumerRecord<String, byte[]> entry, Map<String, SecretEvent> last) {
        if (entry.key() != null && !entry.key().startsWith(kit.cluster() + "/")) {
            return 0;
        }
        return switch (CloudEventCodec.decode(entry.topic(), entry.key(), entry.headers(), entry.value())) {
            case Accepted(var envelope) -> {
                if (envelope.event() instanceof SecretEvent event) {
                    last.put(entry.key(), event);
                }
                yield 0;
            }
            case Tombstone(var key) -> {
                last.remove(key);
                yield 0;
            }
            case Refused _ -> 1;
        };
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, kit.service().principal() + "-memory");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return settings;
    }
}
