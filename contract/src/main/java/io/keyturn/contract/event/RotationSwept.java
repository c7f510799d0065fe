package io.keyturn.contract.event;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;

/**
 * Values that earlier runs of the SecretRotation left behind in the private pending mount are deleted next: the live value works, so
 * nobody needs them; or the SecretRotation is long gone.
 *
 * @param run the run that has found them; where no run has, the one that had left them there
 * @param runs those that had left them there
 */
public record RotationSwept(RunRef run, Instant at, List<RotationId> runs) implements RotationEvent {}
