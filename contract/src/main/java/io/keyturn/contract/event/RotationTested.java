package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RunRef;

/** A real login with the new value worked. */
public record RotationTested(RunRef run, Instant at, PrincipalName principal) implements RotationEvent {}
