package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PlanRef;

/** Everybody in the plan is on the new content and healthy; also said when nobody had to roll. */
public record RestartCompleted(PlanRef plan, Instant at, int rolled, int unaffected) implements RestartEvent {}
