package io.keyturn.rotation.saga;

import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * What a run changes.
 *
 * @param from principal in use before the run
 * @param to principal in use after it; equal to {@code from} where the target has one principal only, null as long as a target
 *     that issues its credentials has not issued this one
 * @param fromIsOurs false for an adopted principal that the SecretRotation does not name: it is never retired by itself
 * @param baseVersion version of the live value in the store that the run started from
 */
public record Change(String from, @Nullable String to, boolean fromIsOurs, Overlap overlap, long baseVersion) {

    /** The same change once its new principal is known. */
    public Change known(String principal) {
        return new Change(from, principal, fromIsOurs, overlap, baseVersion);
    }

    /** The new principal, which is known from {@code Applied} on. */
    String successor() {
        return requireNonNull(to);
    }
}
