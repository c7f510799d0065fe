package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** No live reader holds the old value, as seen by rotation-service itself, and the policy's checks passed. */
public record RotationConsumersMoved(RunRef run, Instant at, int pods) implements RotationEvent {}
