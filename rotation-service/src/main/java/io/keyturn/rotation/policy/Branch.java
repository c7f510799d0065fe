package io.keyturn.rotation.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/** A branch of a spec belongs to the one kind that handles it. */
public final class Branch {
    private Branch() {}

    /** Empty if no kind handles the branch, or several do. */
    public static <K> Optional<K> owner(Collection<K> kinds, Predicate<K> handles) {
        var owners = kinds.stream().filter(handles).toList();
        return owners.size() == 1 ? Optional.of(owners.getFirst()) : Optional.empty();
    }
}
