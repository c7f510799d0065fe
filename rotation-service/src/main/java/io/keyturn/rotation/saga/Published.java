package io.keyturn.rotation.saga;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;

import io.keyturn.contract.reference.ObjectRef;
import org.jspecify.annotations.Nullable;

/**
 * That a value was published. Stamping it again does not write it again: whoever started after the first write reads the new value
 * already, unless somebody has put another one there in between.
 *
 * @param attempt part of the publication id; grows when it is stamped again
 * @param at when the last Secret was written first. It stands for Secrets of which nothing is known
 * @param copies the Secrets that hold the value, each with its own time
 * @param resumedAt when the run went on from a pause, from where deadlines count then; null if it has not paused
 */
public record Published(
        int attempt,
        Instant at,
        List<Copy> copies,
        @Nullable Instant resumedAt) {
    public Published(int attempt, Instant at, List<Copy> copies) {
        this(attempt, at, copies, null);
    }

    /**
     * A Secret that holds the value.
     *
     * @param at when the content was written first, by the clock of the API server, in whole seconds
     * @param before uids of readers that may have been created in the same second, but before the write: they were there already
     * @param racing uids of readers that may have been created in the same second, before or after the write: an earlier try wrote, whose
     *     answer was lost. Each may have read what was there before, or this
     * @param again the last write that was needed once more, since somebody had put another content there; null if there was none. Of what is
     *     being told, the write itself, if there was one
     */
    public record Copy(
            ObjectRef secret,
            Instant at,
            List<String> before,
            List<String> racing,
            @Nullable Copy again) {
        public Copy(ObjectRef secret, Instant at, List<String> before, List<String> racing) {
            this(secret, at, before, racing, null);
        }

        /** As it is told by who has just written the content. */
        public static Copy written(ObjectRef secret, Instant at, List<String> before, List<String> racing) {
            return new Copy(secret, at, before, racing, new Copy(secret, at, before, racing));
        }

        /** Whether a reader may hold what the Secret held before. */
        public boolean mayBeOlder(Instant created, String uid) {
            return created.isBefore(at)
                    || created.equals(at) && (before.contains(uid) || racing.contains(uid))
                    || again != null && again.mayBeOlder(created, uid);
        }

        /** Whether a reader may have read this value when it was created. */
        public boolean mayBeYounger(Instant created, String uid) {
            return created.isAfter(at) || created.equals(at) && !before.contains(uid);
        }

        /** From when on it was there and stayed. */
        public Instant lastAt() {
            return again == null ? at : again.at;
        }

        private Copy withAgain(@Nullable Copy other) {
            return new Copy(secret, at, before, racing, other);
        }

        private Copy joined(Copy found) {
            var wasNeeded = found.again != null && !found.again.at.isBefore(lastAt());
            return wasNeeded ? withAgain(found.again) : this;
        }
    }

    static Published of(int attempt, List<Copy> copies) {
        var last = copies.stream().map(Copy::at).max(Instant::compareTo).orElse(Instant.EPOCH);
        return new Published(attempt, last, List.copyOf(copies));
    }

    /** The same after a pause. */
    Published resumed(Instant now) {
        return new Published(attempt, at, copies, now);
    }

    /** From when on readers may take their time. */
    Instant deadlineFrom() {
        return resumedAt != null && resumedAt.isAfter(at) ? resumedAt : at;
    }

    /** What is known of this Secret. */
    public Copy copy(ObjectRef secret) {
        return copies.stream()
                .filter(copy -> copy.secret().equals(secret))
                .findFirst()
                .orElseGet(() -> new Copy(secret, at, List.of(), List.of()));
    }

    /** Whether there is a Secret in it that was not known. Who writes over one again and again does not buy time with that. */
    boolean tellsOfMoreThan(@Nullable Published before) {
        return before == null || copies.size() > before.copies().size();
    }

    /** With what was found later. Of a Secret that is known already, what was noted first counts: then it was known best who was there. */
    static Published adding(@Nullable Published before, int attempt, List<Copy> found) {
        var copies = new LinkedHashMap<ObjectRef, Copy>();
        if (before != null) {
            before.copies().forEach(copy -> copies.put(copy.secret(), copy));
        }
        var told = new HashSet<ObjectRef>();
        for (var copy : found) {
            // Of several publications in one Secret the first counts.
            if (told.add(copy.secret())) {
                copies.merge(copy.secret(), copy.withAgain(null), (known, _) -> known.joined(copy));
            }
        }
        var all = of(attempt, List.copyOf(copies.values()));
        return before == null ? all : new Published(attempt, all.at(), all.copies(), before.resumedAt());
    }
}
