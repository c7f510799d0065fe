package io.keyturn.rotation.persistence;

import java.time.Instant;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.RotationState;
import org.jspecify.annotations.Nullable;

/** A row of table rotation. */
@Entity
@Table(name = "rotation")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields
class RotationRow {
    @Id
    String id;

    String namespace;
    String name;

    @Column(name = "policy_uid")
    String policyUid;

    long generation;
    String reason;

    @Column(name = "based_on")
    @Nullable
    String basedOn;

    @Nullable
    String spec;

    String phase;
    String state;

    @Column(name = "state_since")
    Instant stateSince;

    int tries;
    int pauses;

    @Column(name = "due_at")
    Instant dueAt;

    /** An emergency waits for it. */
    boolean hastened;

    long epoch;

    @Column(name = "claimed_by")
    @Nullable
    String claimedBy;

    @Column(name = "claimed_until")
    @Nullable
    Instant claimedUntil;

    @Nullable
    String traceparent;

    @Column(name = "requested_at")
    Instant requestedAt;

    @Column(name = "finished_at")
    @Nullable
    Instant finishedAt;

    @Nullable
    String outcome;

    @Column(name = "outcome_reason")
    @Nullable
    String outcomeReason;

    @Nullable
    String detail;

    protected RotationRow() {}

    static RotationRow requested(
            RotationRequested request, long generation, @Nullable String traceparent, Instant now) {
        var row = new RotationRow();
        row.id = request.id().value();
        row.namespace = request.about().namespace();
        row.name = request.about().name();
        row.policyUid = request.policyUid().value();
        row.generation = generation;
        row.reason = request.reason().name();
        row.basedOn = request.basedOn() == null ? null : request.basedOn().value();
        row.traceparent = traceparent;
        row.requestedAt = now;
        row.dueAt = now;
        row.enter(new RotationState.Requested(Purpose.of(request.reason())), now);
        return row;
    }

    final void enter(RotationState next, Instant now) {
        state = StateJson.write(next);
        phase = next.phase();
        stateSince = now;
        tries = 0;
        if (next.isOver()) {
            finishedAt = now;
            outcome = phase;
            claimedBy = null;
            claimedUntil = null;
            outcomeReason = outcomeReason(next);
        }
    }

    static @Nullable String outcomeReason(RotationState state) {
        return switch (state) {
            case RotationState.Failed failed -> failed.reason().name();
            case RotationState.RolledBack(var why) -> why.name();
            default -> null;
        };
    }

    Run run() {
        return new Run(
                new RotationId(id),
                ObjectRef.secretRotation(namespace, name),
                policyUid,
                RequestReason.valueOf(reason),
                basedOn == null ? null : new RotationId(basedOn),
                StateJson.readSpec(spec),
                StateJson.readState(state),
                stateSince,
                tries,
                pauses,
                dueAt,
                hastened,
                epoch,
                traceparent);
    }
}
