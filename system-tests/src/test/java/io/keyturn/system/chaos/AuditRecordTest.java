package io.keyturn.system.chaos;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.topic.Service;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AuditRecordTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final RunRef RUN = new RunRef(new RotationId("aa"), ObjectRef.secretRotation("chaos", "one"));
    private static final EventEnvelope STARTED = envelope(new RotationStarted(RUN, AT, RequestReason.MANUAL));
    private static final EventEnvelope SUCCEEDED = envelope(new RotationSucceeded(RUN, AT, null));
    private static final List<EventEnvelope> SAID = List.of(STARTED, SUCCEEDED);

    @Test
    void wholeRecordWithAChainThatHoldsIsFine() {
        var ids = Set.of(STARTED.id().toString(), SUCCEEDED.id().toString(), "what somebody else has said");

        assertThat(new AuditRecord(() -> SAID, _ -> ids, () -> true).complaints())
                .isEmpty();
    }

    @Test
    void whatIsMissingIsNamed() {
        var started = Set.of(STARTED.id().toString());

        assertThat(new AuditRecord(() -> SAID, _ -> started, () -> true).complaints())
                .containsExactly("not on record: " + EventType.ROTATION_SUCCEEDED.type() + " " + SUCCEEDED.id());
    }

    @Test
    void brokenChainIsNamed() {
        assertThat(new AuditRecord(List::of, _ -> Set.of(), () -> false).complaints())
                .containsExactly("the chain of the record does not verify");
    }

    private static EventEnvelope envelope(RotationEvent event) {
        return EventEnvelope.from(new ClusterName("c1"), Service.ROTATION, UUID.randomUUID(), AT, null, event);
    }
}
