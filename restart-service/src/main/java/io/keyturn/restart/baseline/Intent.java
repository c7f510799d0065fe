package io.keyturn.restart.baseline;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.reference.References;
import org.jspecify.annotations.Nullable;

/**
 * What a patch is about to do: the hash it writes, and the contents the workload will have in use once it has arrived. Decided
 * once and kept, so a patch that is sent again after a crash writes the same value and rolls nothing.
 */
public record Intent(String hash, List<InUse> inUse) {

    /**
     * Decides it from the present contents of everything the workload reads.
     *
     * @param present the hash in the pod template now. If it already is the hash of this content although the workload had
     *     other content in use (somebody took the template back), the plan's id makes it another one: it must roll.
     */
    public static Intent of(
            References references,
            Map<ObjectRef, Stated> contents,
            Map<ObjectRef, InUse> last,
            @Nullable String present,
            String planId) {
        var inUse = references.byObject().entrySet().stream()
                .filter(e -> contents.containsKey(e.getKey()))
                .map(e -> new InUse(
                        e.getKey(), e.getValue(), stated(contents, e.getKey()).content()))
                .toList();
        var hash = ContentHash.of(inUse, "");
        if (!hash.equals(present)
                || inUse.stream()
                        .noneMatch(use -> changed(last.get(use.object()), use, stated(contents, use.object())))) {
            return new Intent(hash, inUse);
        }
        return new Intent(ContentHash.of(inUse, planId), inUse);
    }

    private static Stated stated(Map<ObjectRef, Stated> contents, ObjectRef object) {
        return Objects.requireNonNull(contents.get(object));
    }

    private static boolean changed(@Nullable InUse last, InUse use, Stated now) {
        return Verdict.compare(last, use.keys(), now) == Verdict.CHANGED;
    }
}
