package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** The run is over and the previous value is in force everywhere. */
public record RotationRolledBack(RunRef run, Instant at, RotationReason reason) implements RotationEvent {}
