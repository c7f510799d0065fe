package io.keyturn.restart.baseline;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.ContentMark;
import io.keyturn.restart.reference.References;
import org.jspecify.annotations.Nullable;

/**
 * What a patch is about to do: the mark it writes, with the hash of these contents, and the contents the workload will have in use once it has arrived. Decided
 * once and kept, so a patch that is sent again after a crash writes the same value and rolls nothing.
 *
 * @param decision number of the reading it was decided from: a higher one knows contents that are no older
 */
public record Intent(String hash, List<InUse> inUse, long decision) {

    /**
     * Decides it from the present contents of everything the workload reads.
     *
     * @param present the hash in the pod template now. If it already is the hash of this content although the workload had
     *     other content in use (somebody took the template back), the plan's id makes it another one: it must roll.
     * @param settled false if a patch that is recorded in a moment has just brought that hash: then nobody took anything back
     * @param doubt a patch of an earlier plan that may have arrived. One that brings the same content is repeated as it is, which
     *     rolls nobody twice; after any other the workload must roll, for its pods may have either content
     */
    public static Intent of(
            References references,
            Map<ObjectRef, Stated> contents,
            Map<ObjectRef, InUse> last,
            @Nullable String present,
            boolean settled,
            @Nullable Doubt doubt,
            String planId,
            long decision) {
        var inUse = inUse(references, contents);
        return new Intent(hash(inUse, contents, last, present, settled, doubt, planId), inUse, decision);
    }

    private static String hash(
            List<InUse> inUse,
            Map<ObjectRef, Stated> contents,
            Map<ObjectRef, InUse> last,
            @Nullable String present,
            boolean settled,
            @Nullable Doubt doubt,
            String planId) {
        if (doubt != null) {
            var patch = doubt.given(inUse).patch();
            return patch != null ? patch.hash() : mark(inUse, contents, planId);
        }
        if (present == null || !ContentMark.of(present).hash().equals(ContentHash.of(inUse, ""))) {
            return mark(inUse, contents, "");
        }
        var takenBack = settled
                && inUse.stream().anyMatch(use -> changed(last.get(use.object()), use, stated(contents, use.object())));
        return takenBack ? mark(inUse, contents, planId) : present;
    }

    /** With the publications that the contents were stated with: rotation-service knows by them who came after it has written. */
    private static String mark(List<InUse> inUse, Map<ObjectRef, Stated> contents, String salt) {
        var publications = new TreeMap<String, PublicationId>();
        for (var use : inUse) {
            var publication = stated(contents, use.object()).publication();
            if (publication != null && use.object().kind() == ObjectKind.Secret) {
                publications.put(use.object().name(), publication);
            }
        }
        return new ContentMark(ContentHash.of(inUse, salt), publications).toString();
    }

    /** Whether its hash is that plan's, so that no template bears it yet. */
    public boolean isMadeFor(String planId) {
        return ContentMark.of(hash).hash().equals(ContentHash.of(inUse, planId));
    }

    /** What a workload with these references has in use once it was rolled. */
    public static List<InUse> inUse(References references, Map<ObjectRef, Stated> contents) {
        return references.byObject().entrySet().stream()
                .filter(e -> contents.containsKey(e.getKey()))
                .map(e -> new InUse(
                        e.getKey(), e.getValue(), stated(contents, e.getKey()).content()))
                .toList();
    }

    /** Whether it brings these very contents. */
    boolean brings(List<InUse> contents) {
        return inUse.size() == contents.size()
                && contents.stream().allMatch(use -> inUse.stream().anyMatch(use::isSameAs));
    }

    private static Stated stated(Map<ObjectRef, Stated> contents, ObjectRef object) {
        return Objects.requireNonNull(contents.get(object));
    }

    private static boolean changed(@Nullable InUse last, InUse use, Stated now) {
        return Verdict.compare(last, use.keys(), now) == Verdict.CHANGED;
    }
}
