package io.keyturn.rotation.resource;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.policy.Claim;

/**
 * Two SecretRotations for one credential would retire each other's values: only the older acts. An index of who claims what, so
 * that a look at one SecretRotation costs what it claims itself, however many others there are.
 */
final class Rivals {
    private final Function<SecretRotation, List<Claim>> claims;
    private final Map<String, NavigableSet<Holder>> holders = new HashMap<>();
    private final Map<String, Entry> byUid = new HashMap<>();

    /** Who claims something; the older comes first. */
    private record Holder(String created, String uid, String namespace, String name) implements Comparable<Holder> {
        private static final Comparator<Holder> AGE =
                Comparator.comparing(Holder::created).thenComparing(Holder::uid);

        static Holder of(SecretRotation rotation) {
            var meta = rotation.getMetadata();
            return new Holder(meta.getCreationTimestamp(), meta.getUid(), meta.getNamespace(), meta.getName());
        }

        @Override
        public int compareTo(Holder other) {
            return AGE.compare(this, other);
        }
    }

    /** What is in the index of one SecretRotation, as it was when it was noted. */
    private record Entry(Holder holder, List<Claim> claims) {}

    /** A claim of ours that somebody else has too. */
    private record Conflict(Claim claim, Holder with) {}

    /** @param claims what a SecretRotation claims, as the kinds of its branches say */
    Rivals(Function<SecretRotation, List<Claim>> claims) {
        this.claims = claims;
    }

    /** Takes note of what this one claims now, in place of what it claimed before. */
    synchronized void note(SecretRotation rotation) {
        var entry = new Entry(Holder.of(rotation), claims.apply(rotation));
        forget(entry.holder().uid());
        byUid.put(entry.holder().uid(), entry);
        for (var claim : entry.claims()) {
            holders.computeIfAbsent(claim.thing(), _ -> new TreeSet<>()).add(entry.holder());
        }
    }

    synchronized void forget(String uid) {
        var entry = byUid.remove(uid);
        if (entry != null) {
            for (var claim : entry.claims()) {
                holders.computeIfPresent(
                        claim.thing(), (_, all) -> all.remove(entry.holder()) && all.isEmpty() ? null : all);
            }
        }
    }

    /** What stands against this one, if an older one claims a thing that it claims too. */
    synchronized Optional<Problem> olderThan(SecretRotation rotation) {
        var mine = Holder.of(rotation);
        return claims.apply(rotation).stream()
                .flatMap(claim -> oldest(claim).map(holder -> new Conflict(claim, holder)))
                .filter(conflict -> conflict.with().compareTo(mine) < 0)
                .min(Comparator.comparing(Conflict::with))
                .map(conflict -> problem(conflict, mine));
    }

    private Stream<Holder> oldest(Claim claim) {
        return Stream.ofNullable(holders.get(claim.thing())).map(NavigableSet::first);
    }

    private static Problem problem(Conflict conflict, Holder mine) {
        var other = conflict.with();
        boolean near = other.namespace().equals(mine.namespace());
        var who = near ? "SecretRotation " + other.name() : "a SecretRotation of namespace " + other.namespace();
        return new Problem(
                RotationReason.CREDENTIAL_TAKEN,
                conflict.claim().field() + ": " + who + " is older and manages this already; keep one of the two");
    }
}
