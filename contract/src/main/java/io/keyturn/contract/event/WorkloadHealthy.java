package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.WorkloadRef;

/** The roll-out of this workload is complete and available. */
public record WorkloadHealthy(PlanRef plan, Instant at, WorkloadRef workload) implements RestartEvent {}
