package io.keyturn.testbed.pod;

import java.time.Duration;
import java.util.Map;

import io.keyturn.testbed.pod.PodFaults.Fault;
import io.keyturn.testbed.pod.PodFaults.Kind;

/**
 * What is to become of the pods that carry these labels and start from now on; those that run already are left alone. The latest
 * word counts, and {@link PodRunner#heal} takes it back, also for the pods it has struck.
 */
public final class NextPods {
    private final PodFaults faults;
    private final String namespace;
    private final Map<String, String> labels;

    NextPods(PodFaults faults, String namespace, Map<String, String> labels) {
        this.faults = faults;
        this.namespace = namespace;
        this.labels = Map.copyOf(labels);
    }

    /** They run and are never ready. */
    public void unready() {
        add(Kind.UNREADY, Duration.ZERO);
    }

    /** They end as soon as they run, again and again ({@code CrashLoopBackOff}). */
    public void crash() {
        add(Kind.CRASH, Duration.ZERO);
    }

    /** They run, do nothing, are never ready, and when told to end they use up their grace period. */
    public void hang() {
        add(Kind.HANG, Duration.ZERO);
    }

    /** Their images cannot be pulled. */
    public void imagePullFailure() {
        add(Kind.IMAGE_PULL, Duration.ZERO);
    }

    /** They start this much later than they would. */
    public void delay(Duration delay) {
        add(Kind.NONE, delay);
    }

    private void add(Kind kind, Duration delay) {
        faults.add(new Fault(namespace, labels, kind, delay));
    }
}
