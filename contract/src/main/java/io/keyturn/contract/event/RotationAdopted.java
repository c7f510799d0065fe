package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RunRef;

/** The live credential was found, proven to log in, and left as it is. */
public record RotationAdopted(RunRef run, Instant at, PrincipalName principal, long version) implements RotationEvent {}
