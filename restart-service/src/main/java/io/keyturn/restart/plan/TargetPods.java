package io.keyturn.restart.plan;

import java.util.Map;

/** The pods behind the Service of a target: they check the credential, so they are no consumers of it. */
public record TargetPods(String namespace, Map<String, String> selector) {
    public TargetPods {
        selector = Map.copyOf(selector);
    }

    /** A Service without selector has no pods that its labels could tell. */
    boolean include(Workload workload) {
        return !selector.isEmpty()
                && workload.ref().namespace().equals(namespace)
                && workload.labels().entrySet().containsAll(selector.entrySet());
    }
}
