package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** The run is over and was given up. */
public record RotationFailed(RunRef run, Instant at, RotationReason reason) implements RotationEvent {}
