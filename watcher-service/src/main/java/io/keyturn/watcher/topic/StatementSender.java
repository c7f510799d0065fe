package io.keyturn.watcher.topic;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.messaging.EventSender;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.statement.StatementId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Sends one event and waits until the broker has it. For virtual threads. A failure is thrown; nothing was lost then. */
@ApplicationScoped
public class StatementSender {
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    private final EventSender sender;
    private final KitConfig kit;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Tracer tracer;
    private volatile Instant failedAt = Instant.MIN;

    StatementSender(EventSender sender, KitConfig kit, Clock clock, MeterRegistry metrics, Tracer tracer) {
        this.sender = sender;
        this.kit = kit;
        this.clock = clock;
        this.metrics = metrics;
        this.tracer = tracer;
    }

    /**
     * States a fact, unless its record would be larger than the topic takes: then nothing is sent, and that is counted.
     *
     * @param traceparent the trace of the write that is stated, if the object names one
     * @return whether it was stated
     */
    public boolean state(SecretEvent event, @Nullable String traceparent) {
        var type = EventType.of(event);
        var fits = CloudEventCodec.value(event).length <= CloudEventCodec.MAX_VALUE_BYTES
                && TraceContext.inSpan(tracer, type.fileName(), traceparent, () -> isTaken(event));
        var kind = event.about().kind().name();
        if (fits) {
            metrics.counter("keyturn.statements", "kind", kind, "type", type.fileName())
                    .increment();
        } else {
            Counter.builder("keyturn.statements.too.large")
                    .description("Facts left out because their record would be larger than the topic takes")
                    .tag("kind", kind)
                    .register(metrics)
                    .increment();
        }
        return fits;
    }

    /** The broker counts key and headers too. */
    private boolean isTaken(SecretEvent event) {
        var envelope = EventEnvelope.from(
                kit.cluster(),
                kit.service(),
                StatementId.of(kit.cluster(), event),
                clock.instant(),
                TraceContext.current(),
                event);
        try {
            sent(() -> sender.send(envelope));
            return true;
        } catch (RecordTooLargeException e) {
            return false;
        }
    }

    /** Removes what the topic keeps about an object. */
    public void bury(ObjectRef object) {
        sent(() -> sender.sendTombstone(Topic.SECRETS.topicName(), RecordKey.of(kit.cluster(), object)));
    }

    /** Makes this the last record of the key again, as it was, so that readers know it already; none means there was nothing. */
    void putBack(String key, @Nullable EventEnvelope last) {
        sent(() -> last == null ? sender.sendTombstone(Topic.SECRETS.topicName(), key) : sender.send(last));
    }

    /** Sends a request; the same request always has the same event id. */
    public void request(RotationRequested request) {
        TraceContext.inSpan(tracer, EventType.ROTATION_REQUESTED.fileName(), null, () -> {
            var envelope = EventEnvelope.from(
                    kit.cluster(),
                    kit.service(),
                    StatementId.named(kit.cluster(), request, request.id().value()),
                    clock.instant(),
                    TraceContext.current(),
                    request);
            return sent(() -> sender.send(envelope));
        });
        metrics.counter("keyturn.requests", "reason", request.reason().name()).increment();
        WatcherLog.LOG.requested(request.about(), request.id(), request.reason());
    }

    /**
     * True while there is something to say that the broker does not take. Whoever wants to say it tries again much sooner than this
     * is forgotten.
     */
    public boolean isHeldUp() {
        return clock.instant().minus(REMEMBERED).isBefore(failedAt);
    }

    private Void sent(Supplier<Uni<Void>> send) {
        try {
            var acknowledged = Bridge.await(send);
            failedAt = Instant.MIN;
            return acknowledged;
        } catch (RuntimeException e) {
            if (!isRefusedForGood(e)) {
                failedAt = clock.instant();
            }
            throw e;
        }
    }

    /** The record is at fault, not the broker. */
    private static boolean isRefusedForGood(RuntimeException failure) {
        return failure instanceof ApiException && !(failure instanceof RetriableException);
    }
}
