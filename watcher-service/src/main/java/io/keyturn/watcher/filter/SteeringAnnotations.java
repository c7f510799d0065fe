package io.keyturn.watcher.filter;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.resource.Annotations;

/**
 * The annotations that travel in events because they steer restarts. An allow-list by prefix: other annotations may hold
 * anything, {@code kubectl.kubernetes.io/last-applied-configuration} even the values themselves.
 */
public final class SteeringAnnotations {
    private static final String OURS = "keyturn.io/";
    private static final String RELOADER = "reloader.stakater.com";
    private static final Set<String> TRAVEL_OTHERWISE = Set.of(Annotations.PUBLICATION, Annotations.TRACEPARENT);

    private SteeringAnnotations() {}

    /** Those of the given annotations, sorted by name; a value that cannot steer anything is left out. */
    public static Map<AnnotationName, AnnotationValue> of(Map<String, String> annotations) {
        var steering = new TreeMap<String, String>(annotations);
        steering.entrySet().removeIf(entry -> !steers(entry.getKey()) || !AnnotationValue.fits(entry.getValue()));
        var result = new java.util.LinkedHashMap<AnnotationName, AnnotationValue>();
        steering.forEach((name, value) -> result.put(new AnnotationName(name), new AnnotationValue(value)));
        return result;
    }

    private static boolean steers(String name) {
        if (name.startsWith(OURS)) {
            return !TRAVEL_OTHERWISE.contains(name);
        }
        int slash = name.indexOf('/');
        var prefix = slash < 0 ? "" : name.substring(0, slash);
        return prefix.equals(RELOADER) || prefix.endsWith("." + RELOADER);
    }
}
