package io.keyturn.restart.baseline;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.restart.reference.KeySelection;

/** The content of an object as far as it is known here: per key, one fingerprint per generation of the master in force. */
public record Content(Map<KeyName, List<Fingerprint>> keys) {
    public static final Content EMPTY = new Content(Map.of());

    public Content {
        keys = Map.copyOf(keys);
    }

    public Content restrictedTo(KeySelection selection) {
        return new Content(keys.entrySet().stream()
                .filter(e -> selection.covers(e.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** True when every key is in both and a generation they share says the values are equal. */
    public boolean sameAs(Content other) {
        return differing(other).isEmpty();
    }

    /** The keys that are in one only, or whose values differ. */
    Set<KeyName> differing(Content other) {
        var all = new java.util.HashSet<>(keys.keySet());
        all.addAll(other.keys.keySet());
        all.removeIf(key -> same(keys.get(key), other.keys.get(key)));
        return all;
    }

    private static boolean same(
            @org.jspecify.annotations.Nullable List<Fingerprint> one,
            @org.jspecify.annotations.Nullable List<Fingerprint> other) {
        return one != null && other != null && Fingerprint.sameValue(one, other);
    }

    /** One line per key, sorted: input of the content hash. */
    String text() {
        var lines = new TreeSet<String>();
        keys.forEach((key, prints) -> lines.add(
                key + "=" + prints.stream().map(Fingerprint::toString).sorted().collect(Collectors.joining(","))));
        return String.join("\n", lines);
    }
}
