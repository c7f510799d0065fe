package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.kubernetes.TestObjects;

/** What the API server alone can do: changes of a pod-template annotation, nothing else going on. */
final class RawKubernetes {
    private static final String NAMESPACE = "bench-raw";
    private static final int IN_FLIGHT = 16;
    private static final int SEQUENTIAL = 200;
    private static final Duration LOAD = Duration.ofSeconds(4);
    static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;

    /**
     * What came of it.
     *
     * @param latency milliseconds of a PATCH, one after the other
     * @param perSecond rate with {@value #IN_FLIGHT} in flight, each on its own Deployment
     */
    record Patches(Samples latency, double perSecond) {}

    RawKubernetes(KubernetesServer kubernetes) {
        this.client = kubernetes.admin();
        kubernetes.createNamespace(NAMESPACE);
        for (int i = 0; i < IN_FLIGHT; i++) {
            TestObjects.deployment(client, NAMESPACE, "raw-" + i, "raw-" + i);
        }
    }

    Patches patches() {
        timed(SEQUENTIAL / 4);
        var latency = timed(SEQUENTIAL);
        var done = new ConcurrentLinkedQueue<Long>();
        long begin = System.nanoTime();
        long end = begin + LOAD.toNanos();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> {
                while (System.nanoTime() - end < 0) {
                    done.add(patch("raw-" + number));
                }
            }));
        }
        threads.forEach(RawKubernetes::join);
        return new Patches(latency, done.size() / ((System.nanoTime() - begin) / 1e9));
    }

    private Samples timed(int times) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            nanos.add(patch("raw-0"));
        }
        return Samples.ofNanos(nanos);
    }

    private long patch(String name) {
        long begin = System.nanoTime();
        client.apps()
                .deployments()
                .inNamespace(NAMESPACE)
                .withName(name)
                .patch(MERGE, templateAnnotation("bench/raw", String.valueOf(begin)));
        return System.nanoTime() - begin;
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A merge patch that sets an annotation of the pod template. */
    static String templateAnnotation(String name, String value) {
        return """
                {"spec":{"template":{"metadata":{"annotations":{"%s":"%s"}}}}}""".formatted(name, value);
    }
}
