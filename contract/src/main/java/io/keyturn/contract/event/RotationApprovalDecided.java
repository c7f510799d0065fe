package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RunRef;

/**
 * A person has said whether the run may begin.
 *
 * @param by as the annotation names him; that nobody writes another's name is up to an admission policy
 */
public record RotationApprovalDecided(RunRef run, Instant at, ActorName by, Verdict verdict) implements RotationEvent {}
