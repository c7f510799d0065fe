package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** The new value is the current version in the store. */
public record RotationPromoted(RunRef run, Instant at, long version) implements RotationEvent {}
