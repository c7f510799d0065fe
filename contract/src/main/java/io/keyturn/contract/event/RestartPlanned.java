package io.keyturn.contract.event;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;

/** Who will roll, in which wave; empty when nobody reads the object. */
public record RestartPlanned(PlanRef plan, Instant at, List<PlannedWorkload> workloads) implements RestartEvent {}
