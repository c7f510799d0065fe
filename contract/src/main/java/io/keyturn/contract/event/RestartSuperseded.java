package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;

/** Newer content made this plan pointless; the named one takes over. */
public record RestartSuperseded(PlanRef plan, Instant at, PlanId by) implements RestartEvent {}
