package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.WorkloadRef;

/** The pod template was patched; the workload's controller rolls. */
public record WorkloadPatched(PlanRef plan, Instant at, WorkloadRef workload, long generation)
        implements RestartEvent {}
