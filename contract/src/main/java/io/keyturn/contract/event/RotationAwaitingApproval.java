package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/** The run waits for a person. */
public record RotationAwaitingApproval(RunRef run, Instant at) implements RotationEvent {}
