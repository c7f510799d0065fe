package io.keyturn.contract.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.keyturn.contract.topic.Topic;

/** The CloudEvents {@code type} of each event record, and the topic it travels on. */
public enum EventType {
    SECRET_CHANGED("io.keyturn.secret.changed.v1", Topic.SECRETS, SecretChanged.class),
    SECRET_DELETED("io.keyturn.secret.deleted.v1", Topic.SECRETS, SecretDeleted.class),
    FINDING_RAISED("io.keyturn.finding.raised.v1", Topic.FINDINGS, FindingRaised.class),
    FINDING_CLEARED("io.keyturn.finding.cleared.v1", Topic.FINDINGS, FindingCleared.class),
    ROTATION_REQUESTED("io.keyturn.rotation.requested.v1", Topic.ROTATION_REQUESTS, RotationRequested.class),
    ROTATION_STARTED("io.keyturn.rotation.started.v1", Topic.ROTATIONS, RotationStarted.class),
    ROTATION_ADOPTED("io.keyturn.rotation.adopted.v1", Topic.ROTATIONS, RotationAdopted.class),
    ROTATION_AWAITING_APPROVAL(
            "io.keyturn.rotation.awaiting-approval.v1", Topic.ROTATIONS, RotationAwaitingApproval.class),
    ROTATION_APPROVAL_DECIDED(
            "io.keyturn.rotation.approval-decided.v1", Topic.ROTATIONS, RotationApprovalDecided.class),
    ROTATION_PAUSED("io.keyturn.rotation.paused.v1", Topic.ROTATIONS, RotationPaused.class),
    ROTATION_STEERED("io.keyturn.rotation.steered.v1", Topic.ROTATIONS, RotationSteered.class),
    ROTATION_GENERATED("io.keyturn.rotation.generated.v1", Topic.ROTATIONS, RotationGenerated.class),
    ROTATION_APPLIED("io.keyturn.rotation.applied.v1", Topic.ROTATIONS, RotationApplied.class),
    ROTATION_TESTED("io.keyturn.rotation.tested.v1", Topic.ROTATIONS, RotationTested.class),
    ROTATION_PROMOTED("io.keyturn.rotation.promoted.v1", Topic.ROTATIONS, RotationPromoted.class),
    ROTATION_PUBLISHED("io.keyturn.rotation.published.v1", Topic.ROTATIONS, RotationPublished.class),
    ROTATION_CONSUMERS_MOVED("io.keyturn.rotation.consumers-moved.v1", Topic.ROTATIONS, RotationConsumersMoved.class),
    ROTATION_RETIRED("io.keyturn.rotation.retired.v1", Topic.ROTATIONS, RotationRetired.class),
    ROTATION_SWEPT("io.keyturn.rotation.swept.v1", Topic.ROTATIONS, RotationSwept.class),
    ROTATION_SUCCEEDED("io.keyturn.rotation.succeeded.v1", Topic.ROTATIONS, RotationSucceeded.class),
    ROTATION_ROLLED_BACK("io.keyturn.rotation.rolled-back.v1", Topic.ROTATIONS, RotationRolledBack.class),
    ROTATION_FAILED("io.keyturn.rotation.failed.v1", Topic.ROTATIONS, RotationFailed.class),
    RESTART_PLANNED("io.keyturn.restart.planned.v1", Topic.RESTARTS, RestartPlanned.class),
    RESTART_WORKLOAD_PATCHED("io.keyturn.restart.workload-patched.v1", Topic.RESTARTS, WorkloadPatched.class),
    RESTART_WORKLOAD_HEALTHY("io.keyturn.restart.workload-healthy.v1", Topic.RESTARTS, WorkloadHealthy.class),
    RESTART_COMPLETED("io.keyturn.restart.completed.v1", Topic.RESTARTS, RestartCompleted.class),
    RESTART_FAILED("io.keyturn.restart.failed.v1", Topic.RESTARTS, RestartFailed.class),
    RESTART_SUPERSEDED("io.keyturn.restart.superseded.v1", Topic.RESTARTS, RestartSuperseded.class);

    private static final Map<String, EventType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(EventType::type, Function.identity()));
    private static final Map<Class<?>, EventType> BY_RECORD =
            Arrays.stream(values()).collect(Collectors.toMap(EventType::record, Function.identity()));

    private final String type;
    private final Topic topic;
    private final Class<? extends Event> record;

    EventType(String type, Topic topic, Class<? extends Event> record) {
        this.type = type;
        this.topic = topic;
        this.record = record;
    }

    /** The CloudEvents type, as in {@code io.keyturn.rotation.promoted.v1}. */
    public String type() {
        return type;
    }

    public Topic topic() {
        return topic;
    }

    public Class<? extends Event> record() {
        return record;
    }

    /** The name of the schema and golden files: the type without its prefix. */
    public String fileName() {
        return type.substring("io.keyturn.".length());
    }

    /** The last word about an object on a compacted topic: a tombstone follows it, or the topic would keep it for ever. */
    public boolean endsItsKey() {
        return this == SECRET_DELETED || this == FINDING_CLEARED;
    }

    /** Empty for a type this version does not know. */
    public static Optional<EventType> named(String type) {
        return Optional.ofNullable(BY_NAME.get(type));
    }

    /** Every event record has its type; a record without one is a defect of this enum. */
    public static EventType of(Event event) {
        var type = BY_RECORD.get(event.getClass());
        if (type == null) {
            throw new IllegalStateException(
                    "No EventType for " + event.getClass().getSimpleName());
        }
        return type;
    }
}
