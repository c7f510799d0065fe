package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RunRef;
import org.jspecify.annotations.Nullable;

/**
 * A person has said how a run that is under way goes on.
 *
 * @param by as the annotation names him, and null if it names nobody; that nobody writes another's name is up to an admission policy
 */
public record RotationSteered(
        RunRef run, Instant at, @Nullable ActorName by, Steering word) implements RotationEvent {}
