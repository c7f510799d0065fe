package io.keyturn.watcher.filter;

import java.util.Map;
import java.util.TreeMap;

import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;

/**
 * The annotations that travel in events because they steer restarts. An exact list, of names and of values: other annotations may
 * hold anything, {@code kubectl.kubernetes.io/last-applied-configuration} even the values themselves.
 */
public final class SteeringAnnotations {
    private SteeringAnnotations() {}

    /** Those of the given annotations, sorted by name; a value that cannot steer anything is left out. */
    public static Map<AnnotationName, AnnotationValue> of(Map<String, String> annotations) {
        var steering = new TreeMap<AnnotationName, AnnotationValue>();
        annotations.forEach((name, value) -> {
            if (AnnotationName.fits(name) && AnnotationValue.fits(value)) {
                steering.put(new AnnotationName(name), new AnnotationValue(value));
            }
        });
        return steering;
    }
}
