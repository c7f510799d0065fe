package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;
import org.jspecify.annotations.Nullable;

/** The run is over and the new value is in force. */
public record RotationSucceeded(
        RunRef run, Instant at, @Nullable Long windowMillis) implements RotationEvent {}
