package io.keyturn.contract.event;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.codec.RecordShape;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Owner;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;

/** One event of each type with every field filled, and the same events with only what they must have. */
public final class Samples {
    private static final Instant AT = Instant.parse("2026-02-03T04:05:06.789Z");
    private static final ObjectRef SECRET = ObjectRef.secret("shop", "orders-db");
    private static final ObjectRef POLICY = ObjectRef.secretRotation("shop", "orders-db");
    private static final Uid UID = new Uid("3f0c1b52-6a7e-4f5d-9c55-0a1b2c3d4e5f");
    private static final RotationId ROTATION = new RotationId("k3v9q2x7m1a8c5e0");
    private static final PublicationId PUBLICATION = new PublicationId("k3v9q2x7m1a8c5e0.1");
    private static final PrincipalName PRINCIPAL = new PrincipalName("orders_b");
    private static final RunRef RUN = new RunRef(ROTATION, POLICY);
    private static final PlanRef PLAN = new PlanRef(new PlanId("p-7d1f3a90"), SECRET, PUBLICATION);
    private static final WorkloadRef API = new WorkloadRef(
            WorkloadKind.Deployment, "shop", "orders-api", new Uid("91c4d0aa-1d7b-4a43-8d0e-5b6f7a8c9d0e"));
    private static final FindingId FINDING = new FindingId("f-5e2d9b14");

    private Samples() {}

    /** Every field is there. */
    public static Event full(EventType type) {
        return switch (type) {
            case SECRET_CHANGED -> secretChanged();
            case SECRET_DELETED -> new SecretDeleted(SECRET, UID, new ResourceVersion("48213"), 1, AT);
            case FINDING_RAISED -> new FindingRaised(SECRET, FINDING, FindingKind.BASELINE_LOST, AT);
            case FINDING_CLEARED -> new FindingCleared(SECRET, FINDING, FindingKind.BASELINE_LOST, AT);
            case ROTATION_REQUESTED -> rotationRequested();
            case ROTATION_STARTED -> new RotationStarted(RUN, AT, RequestReason.SCHEDULE);
            case ROTATION_ADOPTED -> new RotationAdopted(RUN, AT, PRINCIPAL, 3);
            case ROTATION_AWAITING_APPROVAL -> new RotationAwaitingApproval(RUN, AT);
            case ROTATION_APPROVAL_DECIDED ->
                new RotationApprovalDecided(RUN, AT, new ActorName("anna@example.org"), Verdict.APPROVED);
            case ROTATION_PAUSED -> new RotationPaused(RUN, AT, RotationReason.CONSUMERS_STUCK);
            case ROTATION_STEERED -> new RotationSteered(RUN, AT, new ActorName("anna@example.org"), Steering.ABORTED);
            case ROTATION_GENERATED -> new RotationGenerated(RUN, AT, PRINCIPAL, 1);
            case ROTATION_APPLIED -> new RotationApplied(RUN, AT, PRINCIPAL, 1);
            case ROTATION_TESTED -> new RotationTested(RUN, AT, PRINCIPAL);
            case ROTATION_PROMOTED -> new RotationPromoted(RUN, AT, 4);
            case ROTATION_SWEPT -> new RotationSwept(RUN, AT, List.of(new RotationId("r0")));
            case ROTATION_PUBLISHED -> new RotationPublished(RUN, AT, PUBLICATION, List.of(SECRET));
            case ROTATION_CONSUMERS_MOVED -> new RotationConsumersMoved(RUN, AT, 5);
            case ROTATION_RETIRED -> new RotationRetired(RUN, AT, PRINCIPAL, RetirementProof.LOGIN_REFUSED);
            case ROTATION_SUCCEEDED -> new RotationSucceeded(RUN, AT, 840L);
            case ROTATION_ROLLED_BACK -> new RotationRolledBack(RUN, AT, RotationReason.CONSUMERS_STUCK);
            case ROTATION_FAILED -> new RotationFailed(RUN, AT, RotationReason.ADMIN_REFUSED);
            case RESTART_PLANNED -> new RestartPlanned(PLAN, AT, List.of(new PlannedWorkload(0, API)));
            case RESTART_WORKLOAD_PATCHED -> new WorkloadPatched(PLAN, AT, API, 7);
            case RESTART_WORKLOAD_HEALTHY -> new WorkloadHealthy(PLAN, AT, API);
            case RESTART_COMPLETED -> new RestartCompleted(PLAN, AT, 2, 1);
            case RESTART_FAILED -> new RestartFailed(PLAN, AT, RestartReason.DEADLINE, API);
            case RESTART_SUPERSEDED -> new RestartSuperseded(PLAN, AT, new PlanId("p-8e20b4c1"));
        };
    }

    /** Every field that may be absent is. */
    public static Event sparse(EventType type) {
        return (Event) withoutOptional((Record) full(type));
    }

    private static SecretChanged secretChanged() {
        return new SecretChanged(
                SECRET,
                UID,
                new ResourceVersion("48211"),
                1,
                Map.of(
                        new KeyName("DATABASE_URL"), List.of(fingerprint(1, "a1"), fingerprint(2, "b2")),
                        new KeyName("ca.crt"), List.of(fingerprint(1, "c3"))),
                new Owner("ExternalSecret", "orders-db"),
                Origin.KEYTURN,
                PUBLICATION,
                Map.of(new AnnotationName("reloader.stakater.com/match"), new AnnotationValue("true")),
                AT);
    }

    private static RotationRequested rotationRequested() {
        return new RotationRequested(
                POLICY,
                UID,
                ROTATION,
                RequestReason.SCHEDULE,
                new RotationId("h2b8n4z6"),
                Instant.parse("2026-02-03T04:00:00Z"),
                new ActorName("system:serviceaccount:keyturn-system:keyturn-watcher"),
                AT);
    }

    private static Fingerprint fingerprint(int generation, String pair) {
        return new Fingerprint(generation, pair.repeat(32));
    }

    private static Record withoutOptional(Record full) {
        var components = full.getClass().getRecordComponents();
        var parts = new Object[components.length];
        try {
            for (var i = 0; i < components.length; i++) {
                if (!RecordShape.isOptional(components[i])) {
                    var part = components[i].getAccessor().invoke(full);
                    parts[i] = part instanceof Record nested ? withoutOptional(nested) : part;
                }
            }
            var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return full.getClass().getDeclaredConstructor(types).newInstance(parts);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
