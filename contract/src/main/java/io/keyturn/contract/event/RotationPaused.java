package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** The run met what would have turned it back, and waits for a person instead. */
public record RotationPaused(RunRef run, Instant at, RotationReason reason) implements RotationEvent {}
