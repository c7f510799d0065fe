package io.keyturn.contract.resource;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.PublicationId;
import org.jspecify.annotations.Nullable;

/**
 * What restart-service writes into a pod template, {@link Annotations#CONTENT}: {@code <hash>;<secret>=<publication>;…}. Whoever bears it
 * was created after those Secrets bore those publications: nobody could have known of them before. Anybody may write the annotation; what
 * is no mark proves nothing.
 *
 * @param hash what is in use, in hex digits; empty where there is none
 * @param publications by the name of the Secret, of the workload's own namespace
 */
public record ContentMark(String hash, Map<String, PublicationId> publications) {
    private static final String NEXT = ";";
    private static final String OF = "=";

    public ContentMark {
        publications = Map.copyOf(publications);
    }

    public static ContentMark of(@Nullable String annotation) {
        var parts = annotation == null ? new String[] {""} : annotation.split(NEXT, -1);
        var publications = new TreeMap<String, PublicationId>();
        for (int i = 1; i < parts.length; i++) {
            var named = parts[i].split(OF, 2);
            if (named.length == 2) {
                publication(named[1]).ifPresent(publication -> publications.put(named[0], publication));
            }
        }
        return new ContentMark(parts[0], publications);
    }

    private static Optional<PublicationId> publication(String text) {
        try {
            return Optional.of(new PublicationId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The value of the annotation. */
    @Override
    public String toString() {
        return new TreeMap<>(publications)
                .entrySet().stream()
                        .map(named -> NEXT + named.getKey() + OF + named.getValue())
                        .collect(Collectors.joining("", hash, ""));
    }
}
