package io.keyturn.rotation.saga;

import java.util.List;

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
 * @param intact numbers of the publications that held the live value when the run was prepared: of those it knows what may lie there,
 *     so that anything else was put there by somebody else. None in rows of versions that did not look
 * @param retirement when the old value is taken away; after the readers in rows of versions that knew nothing else
 * @param again whether the new value was live or published already when it was applied: the database of the runs has lost that it came so far, and
 *     since when the value may have had readers
 */
public record Change(
        String from,
        @Nullable String to,
        boolean fromIsOurs,
        Overlap overlap,
        long baseVersion,
        List<Integer> intact,
        Retirement retirement,
        boolean again) {
    public Change(String from, @Nullable String to, boolean fromIsOurs, Overlap overlap, long baseVersion) {
        this(from, to, fromIsOurs, overlap, baseVersion, List.of(), Retirement.AFTER_READERS, false);
    }

    /** The same change once its new principal is known. */
    public Change known(String principal) {
        return new Change(from, principal, fromIsOurs, overlap, baseVersion, intact, retirement, again);
    }

    /** The same change once it was seen which publications hold the live value. */
    public Change seen(List<Integer> holding) {
        return new Change(from, to, fromIsOurs, overlap, baseVersion, List.copyOf(holding), retirement, again);
    }

    /** The same change with the old value taken away at that time. */
    public Change with(Retirement when) {
        return new Change(from, to, fromIsOurs, overlap, baseVersion, intact, when, again);
    }

    /** The same change, once it was seen whether the new value is live or published already. */
    public Change again(boolean isKnown) {
        return new Change(from, to, fromIsOurs, overlap, baseVersion, intact, retirement, isKnown);
    }

    /** The new principal, which is known from {@code Applied} on. */
    public String successor() {
        return requireNonNull(to);
    }
}
