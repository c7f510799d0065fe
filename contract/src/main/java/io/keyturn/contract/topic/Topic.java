package io.keyturn.contract.topic;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import static io.keyturn.contract.topic.Service.AUDIT;
import static io.keyturn.contract.topic.Service.RESTART;
import static io.keyturn.contract.topic.Service.ROTATION;
import static io.keyturn.contract.topic.Service.WATCHER;

/** The topics: what is kept for how long, who writes, who reads. {@code deploy/kafka} is generated from here and checked. */
public enum Topic {
    SECRETS("keyturn.secrets.v1", Kept.LAST_STATE, Set.of(WATCHER), Set.of(WATCHER, RESTART, AUDIT)),
    FINDINGS("keyturn.findings.v1", Kept.LAST_STATE, Set.of(ROTATION, RESTART), Set.of(AUDIT)),
    ROTATION_REQUESTS("keyturn.rotation-requests.v1", Kept.A_WEEK, Set.of(WATCHER), Set.of(ROTATION, AUDIT)),
    ROTATIONS("keyturn.rotations.v1", Kept.A_MONTH, Set.of(ROTATION), Set.of(AUDIT)),
    RESTARTS("keyturn.restarts.v1", Kept.A_MONTH, Set.of(RESTART), Set.of(ROTATION, AUDIT));

    /** How long records stay. */
    enum Kept {
        LAST_STATE,
        A_WEEK,
        A_MONTH
    }

    private static final int PARTITIONS = 6;
    private static final int MAX_RECORD_BYTES = 1 << 20;
    /** The broker unpacks what arrives, and holds it to the topic's limit again: else the limit would be of packed bytes. */
    private static final Map<String, String> UNPACKED = Map.of("compression.type", "uncompressed");

    private final String topicName;
    private final Kept kept;
    private final Set<Service> writers;
    private final Set<Service> readers;

    Topic(String topicName, Kept kept, Set<Service> writers, Set<Service> readers) {
        this.topicName = topicName;
        this.kept = kept;
        this.writers = writers;
        this.readers = readers;
    }

    public String topicName() {
        return topicName;
    }

    public Set<Service> writers() {
        return writers;
    }

    public Set<Service> readers() {
        return readers;
    }

    public int partitions() {
        return PARTITIONS;
    }

    /** Broker settings of the topic, sorted by name. */
    public Map<String, String> config() {
        var config = new TreeMap<>(UNPACKED);
        config.put("max.message.bytes", String.valueOf(MAX_RECORD_BYTES));
        switch (kept) {
            case LAST_STATE -> {
                config.put("cleanup.policy", "compact");
                config.put("min.cleanable.dirty.ratio", "0.1");
                config.put(
                        "delete.retention.ms", String.valueOf(Duration.ofDays(7).toMillis()));
            }
            case A_WEEK ->
                config.put("retention.ms", String.valueOf(Duration.ofDays(7).toMillis()));
            case A_MONTH ->
                config.put("retention.ms", String.valueOf(Duration.ofDays(30).toMillis()));
        }
        return config;
    }

    /** Where a reader puts records it cannot understand. */
    public String deadLetterTopic(Service reader) {
        return "keyturn.dead-letters." + reader.principal().substring("keyturn-".length()) + "."
                + topicName.substring("keyturn.".length());
    }

    /** Dead letters are kept for two weeks: long enough to look at, short enough to forget what does not belong there. */
    public static Map<String, String> deadLetterConfig() {
        var config = new TreeMap<>(UNPACKED);
        config.put("retention.ms", String.valueOf(Duration.ofDays(14).toMillis()));
        config.put("max.message.bytes", String.valueOf(2 * MAX_RECORD_BYTES));
        return config;
    }

    public static Optional<Topic> named(String topicName) {
        return Arrays.stream(values())
                .filter(t -> t.topicName.equals(topicName))
                .findFirst();
    }
}
