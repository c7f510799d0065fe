package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RunRef;

/** The target holds the new value. */
public record RotationApplied(RunRef run, Instant at, PrincipalName principal, int attempt) implements RotationEvent {}
