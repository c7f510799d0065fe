package io.keyturn.rotation.bed;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.testbed.Testbed;

/** A run of a SecretRotation that does not exist, claimed by the test: whoever else took it up would end it. */
public record ClaimedRow(RotationId id) {
    public ClaimedRow() {
        this(new RotationId("r" + UUID.randomUUID().toString().replace("-", "")));
    }

    /** Writes it, claimed for so long from now; the run as it was read under that claim. */
    public Run insert(Duration validity) {
        Testbed.shared().postgres().execute(RotationBed.DATABASE, """
                insert into rotation (id, namespace, name, policy_uid, reason, phase, state, state_since, due_at, epoch,
                                      claimed_by, claimed_until, requested_at)
                values ('%s', 'nowhere', 'none', '%s', 'MANUAL', 'Requested',
                        '{"state": "RotationState$Requested", "adopt": false}', now(), now(), 1,
                        'us', now() + interval '%d milliseconds', now())""".formatted(id, id, validity.toMillis()));
        return new Run(
                id,
                ObjectRef.secretRotation("nowhere", "none"),
                id.value(),
                RequestReason.MANUAL,
                null,
                null,
                new RotationState.Requested(Purpose.ROTATE),
                Instant.now(),
                0,
                0,
                Instant.now(),
                false,
                1,
                null);
    }

    /** A request for another run of its SecretRotation. */
    public RotationRequested next(RequestReason reason) {
        return new RotationRequested(
                ObjectRef.secretRotation("nowhere", "none"),
                new Uid(id.value()),
                new RotationId(id + reason.name().substring(0, 5).toLowerCase(Locale.ROOT)),
                reason,
                null,
                null,
                null,
                Instant.now());
    }

    /** It is gone, with all runs of its SecretRotation. */
    public void delete() {
        Testbed.shared()
                .postgres()
                .execute(RotationBed.DATABASE, "delete from rotation where policy_uid = '" + id + "'");
    }
}
