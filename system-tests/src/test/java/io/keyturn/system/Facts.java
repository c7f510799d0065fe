package io.keyturn.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Everything that is said on the topics, from their beginning, read by an administrator as it comes. */
public final class Facts implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final List<EventEnvelope> seen = new ArrayList<>();
    private volatile boolean closed;
    private volatile @Nullable RuntimeException failure;

    public static Facts follow(KafkaServer kafka) {
        var facts = new Facts();
        var config = new HashMap<String, Object>(kafka.clientConfig(KafkaServer.ADMIN));
        var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = Stream.of(Topic.values())
                .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Thread.ofPlatform().daemon().name("facts").start(() -> facts.read(consumer));
        return facts;
    }

    private void read(KafkaConsumer<String, byte[]> consumer) {
        try (consumer) {
            while (!closed) {
                consumer.poll(Duration.ofSeconds(1)).forEach(this::take);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private synchronized void failed(RuntimeException e) {
        failure = e;
        notifyAll();
    }

    /** Reads no further. */
    @Override
    public void close() {
        closed = true;
    }

    private synchronized void take(ConsumerRecord<String, byte[]> record) {
        var decoded = CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value());
        if (decoded instanceof DecodeResult.Accepted(var envelope)) {
            seen.add(envelope);
            notifyAll();
        }
    }

    /** What was said so far about objects of that namespace. Fails if nobody reads any more. */
    public synchronized List<EventEnvelope> about(String namespace) {
        if (failure != null) {
            throw new IllegalStateException("the topics are read no further", failure);
        }
        return seen.stream()
                .filter(envelope -> envelope.event().about().namespace().equals(namespace))
                .toList();
    }

    /** The same, of one type. */
    public <E extends Event> List<E> of(String namespace, Class<E> type) {
        return about(namespace).stream()
                .map(EventEnvelope::event)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** What was said so far of that run: its request, its steps, the changes it published, the restarts that followed. */
    List<EventEnvelope> ofRun(String namespace, RotationId run) {
        return about(namespace).stream()
                .filter(envelope -> belongs(envelope.event(), run))
                .toList();
    }

    /** Returns at once when the first such fact is there. */
    <E extends Event> E await(String namespace, Class<E> type, Predicate<E> wanted) {
        return await(type.getSimpleName(), () -> of(namespace, type).stream().filter(wanted));
    }

    /** Returns at once when the run has got as far as to state the first fact of that type. */
    Event await(String namespace, RotationId run, EventType type) {
        return await(
                type.type(),
                () -> ofRun(namespace, run).stream()
                        .map(EventEnvelope::event)
                        .filter(event -> EventType.of(event) == type));
    }

    private synchronized <E> E await(String what, Supplier<Stream<E>> found) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var first = found.get().findFirst();
            if (first.isPresent()) {
                return first.get();
            }
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new AssertionError("Not said within " + PATIENCE + ": " + what);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted");
            }
        }
    }

    static boolean belongs(Event event, RotationId run) {
        return switch (event) {
            case RotationRequested request -> request.id().equals(run);
            case RotationEvent step -> step.run().id().equals(run);
            case RestartEvent restart -> isOf(restart.plan().publication(), run);
            case SecretChanged changed -> isOf(changed.publication(), run);
            default -> false;
        };
    }

    private static boolean isOf(@Nullable PublicationId publication, RotationId run) {
        return publication != null && requireNonNull(publication).value().startsWith(run + ".");
    }
}
