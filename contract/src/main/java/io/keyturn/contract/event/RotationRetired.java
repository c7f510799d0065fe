package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RunRef;

/** The old value was taken away and proven refused, or left alone because it was adopted and is not ours to retire. */
public record RotationRetired(RunRef run, Instant at, PrincipalName principal, RetirementProof proof)
        implements RotationEvent {}
