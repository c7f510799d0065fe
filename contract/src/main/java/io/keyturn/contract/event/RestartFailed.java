package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.WorkloadRef;
import org.jspecify.annotations.Nullable;

/** The plan stopped. */
public record RestartFailed(
        PlanRef plan,
        Instant at,
        RestartReason reason,
        @Nullable WorkloadRef workload) implements RestartEvent {}
