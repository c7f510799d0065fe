package io.keyturn.testbed.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the topics like any outside consumer, with nothing of Keyturn on its class path, and says each step as it happens. */
final class Follower implements AutoCloseable {
    private static final String ROTATIONS = "keyturn.rotations.v1";
    private static final String RESTARTS = "keyturn.restarts.v1";
    private static final String PREFIX = "io.keyturn.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Consumer<String> say;
    private final Map<String, String> ends = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile String lastRun = "";

    Follower(KafkaServer kafka, Consumer<String> say) {
        this.say = say;
        var config = new HashMap<String, Object>(kafka.clientConfig(KafkaServer.ADMIN));
        this.thread = Thread.ofVirtual().start(() -> follow(config));
    }

    /** How the run ended: {@code succeeded}, {@code rolled-back} or {@code failed}; empty while it goes on. */
    String endOf(String run) {
        return ends.getOrDefault(run, "");
    }

    /** The run that was started last. */
    String lastRun() {
        return lastRun;
    }

    private void follow(Map<String, Object> config) {
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = List.of(ROTATIONS, RESTARTS).stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closed) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::tell);
            }
        }
    }

    private void tell(ConsumerRecord<String, byte[]> record) {
        var type = new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8);
        var step = type.substring(PREFIX.length()).replace(".v1", "");
        var event = read(record);
        say.accept("%-26s %s".formatted(step, detail(step, event)));
        var run = event.at("/run/id").asText();
        switch (step) {
            case "rotation.started" -> lastRun = run;
            case "rotation.succeeded", "rotation.rolled-back", "rotation.failed" ->
                ends.put(run, step.substring("rotation.".length()));
            default -> {
                // A step on the way.
            }
        }
    }

    private static String detail(String step, JsonNode event) {
        return switch (step) {
            case "rotation.started" -> "because: " + event.path("reason").asText();
            case "rotation.adopted" ->
                event.path("principal").asText() + " logs in; version "
                        + event.path("version").asText() + " in Vault; nothing changed";
            case "rotation.generated" ->
                "a new password for " + event.path("principal").asText() + " lies in the private pending mount";
            case "rotation.applied" -> "PostgreSQL accepts it beside the old one";
            case "rotation.tested" -> "a real login with it worked";
            case "rotation.promoted" -> "version " + event.path("version").asText() + " in Vault is the new one";
            case "rotation.published" ->
                "the Secret is written, stamped " + event.path("publication").asText();
            case "rotation.consumers-moved" ->
                event.path("pods").asText()
                        + " pods read it, none older than the publication; no session of the old role";
            case "rotation.retired" ->
                event.path("principal").asText() + ": " + event.path("proof").asText();
            case "rotation.rolled-back", "rotation.failed" ->
                "because: " + event.path("reason").asText();
            case "restart.planned" -> event.path("workloads").size() + " workloads in waves";
            case "restart.workload-patched", "restart.workload-healthy" ->
                event.at("/workload/name").asText();
            case "restart.completed" -> event.path("rolled").asText() + " rolled";
            case "restart.failed" -> event.path("reason").asText();
            default -> "";
        };
    }

    private static JsonNode read(ConsumerRecord<String, byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
