package io.keyturn.system;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.testbed.platform.TraceSink;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** One rotation is one trace, from the request to the retired value, through every service. */
class TraceST {
    private static final String NAMESPACE = "traced";

    @Test
    void oneRotationIsOneConnectedTrace() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        var run = scenario.rotate("traced");
        scenario.succeeds(run);

        Keyturn.facts().await(NAMESPACE, run, EventType.RESTART_COMPLETED);
        var facts = Keyturn.facts().ofRun(NAMESPACE, run);
        assertThat(facts)
                .extracting(envelope -> EventType.of(envelope.event()))
                .contains(
                        EventType.ROTATION_REQUESTED,
                        EventType.ROTATION_STARTED,
                        EventType.ROTATION_PUBLISHED,
                        EventType.SECRET_CHANGED,
                        EventType.RESTART_PLANNED,
                        EventType.RESTART_COMPLETED,
                        EventType.ROTATION_RETIRED,
                        EventType.ROTATION_SUCCEEDED);
        assertThat(facts)
                .allSatisfy(envelope -> assertThat(envelope.traceparent())
                        .as(EventType.of(envelope.event()).type())
                        .isNotNull());
        var traces = facts.stream().map(TraceST::trace).collect(Collectors.toSet());
        assertThat(traces).hasSize(1);

        var trace = traces.iterator().next();
        await("one tree of spans")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(Keyturn.traces().spans())
                        .filteredOn(span -> span.trace().equals(trace))
                        .satisfies(TraceST::formOneTree)
                        .extracting(TraceSink.Span::service)
                        .contains("keyturn-watcher", "keyturn-rotation", "keyturn-restart", "keyturn-audit"));
    }

    /** One root, and every other span below one that is there; ids are drawn at random, so there is no circle. */
    private static void formOneTree(List<? extends TraceSink.Span> spans) {
        var ids = spans.stream().map(TraceSink.Span::id).collect(Collectors.toSet());
        assertThat(ids).hasSameSizeAs(spans);
        assertThat(spans)
                .filteredOn(span -> span.parent().isEmpty())
                .as("roots")
                .hasSize(1);
        assertThat(spans)
                .filteredOn(span -> !span.parent().isEmpty() && !ids.contains(span.parent()))
                .as("spans whose parent is not there")
                .isEmpty();
    }

    /** The second field of a W3C traceparent. */
    private static String trace(EventEnvelope envelope) {
        return requireNonNull(envelope.traceparent()).split("-")[1];
    }
}
