package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** A run began. */
public record RotationStarted(RunRef run, Instant at, RequestReason reason) implements RotationEvent {}
