package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RunRef;

/** A new value lies in the private pending mount; nothing else knows it. */
public record RotationGenerated(RunRef run, Instant at, PrincipalName principal, int attempt)
        implements RotationEvent {}
