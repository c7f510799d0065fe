package io.keyturn.rotation.saga;

/**
 * What a run changes.
 *
 * @param from principal in use before the run
 * @param to principal in use after it; equal to {@code from} where the target has one principal only
 * @param fromIsOurs false for an adopted principal that the SecretRotation does not name: it is never retired by itself
 * @param baseVersion version of the live value in the store that the run started from
 */
public record Change(String from, String to, boolean fromIsOurs, Overlap overlap, long baseVersion) {}
