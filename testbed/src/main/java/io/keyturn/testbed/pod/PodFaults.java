package io.keyturn.testbed.pod;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.fabric8.kubernetes.api.model.Pod;

/** What is to go wrong with pods that start from now on. */
final class PodFaults {
    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    enum Kind {
        NONE,
        UNREADY,
        CRASH,
        HANG,
        IMAGE_PULL
    }

    /** One instruction; it ends for every pod, started or not, when it is lifted. */
    static final class Fault {
        static final Fault NONE = new Fault("", Map.of(), Kind.NONE, Duration.ZERO);

        private final String namespace;
        private final Map<String, String> labels;
        private final Kind kind;
        private final Duration delay;
        private volatile boolean lifted;

        Fault(String namespace, Map<String, String> labels, Kind kind, Duration delay) {
            this.namespace = namespace;
            this.labels = labels;
            this.kind = kind;
            this.delay = delay;
        }

        /** What goes wrong now. */
        Kind kind() {
            return lifted ? Kind.NONE : kind;
        }

        Duration delay() {
            return lifted ? Duration.ZERO : delay;
        }

        private boolean matches(Pod pod) {
            var has = Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of());
            return namespace.equals(pod.getMetadata().getNamespace())
                    && has.entrySet().containsAll(labels.entrySet());
        }
    }

    void add(Fault fault) {
        faults.add(fault);
    }

    void lift(String namespace) {
        faults.stream().filter(fault -> fault.namespace.equals(namespace)).forEach(fault -> fault.lifted = true);
        faults.removeIf(fault -> fault.lifted);
    }

    /** The latest instruction for this pod. */
    Fault of(Pod pod) {
        return faults.reversed().stream()
                .filter(fault -> fault.matches(pod))
                .findFirst()
                .orElse(Fault.NONE);
    }
}
