package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.platform.Platform;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Secret change → workload patched: from the API server's answer to a PUT until a watch of our own shows the new annotation. The
 * load is an open loop: changes are sent when they are due, whatever became of those before.
 */
final class SecretChanges {
    private static final String NAMESPACE = "bench-changes";
    private static final String CONTENT = "keyturn.io/content";
    private static final int WORKLOADS = 10;
    private static final int PER_SECOND = 10;
    private static final int VALUES = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LEARNING = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final Platform platform;
    private final KubernetesClient client;
    private final Map<String, ReadingWorkload> workloads;
    private final Map<String, ReentrantLock> order;
    private volatile boolean watchBroke;

    SecretChanges(Platform platform) {
        this.platform = platform;
        var kubernetes = platform.testbed().kubernetes();
        this.client = kubernetes.admin();
        kubernetes.createNamespace(NAMESPACE);
        var all = new ArrayList<ReadingWorkload>();
        for (int i = 0; i < WORKLOADS; i++) {
            var name = "reader-" + i;
            client.resource(secret(name, 0)).create();
            TestObjects.deployment(client, NAMESPACE, name, name);
            all.add(new ReadingWorkload(name));
        }
        workloads = all.stream().collect(Collectors.toMap(ReadingWorkload::name, Function.identity()));
        order = all.stream().collect(Collectors.toMap(ReadingWorkload::name, _ -> new ReentrantLock(true)));
    }

    void measure(int seconds, RawKubernetes.Patches raw, Report report) {
        try (var _ = client.apps().deployments().inNamespace(NAMESPACE).watch(new Patches())) {
            var learners = workloads.values().stream()
                    .map(workload -> Thread.ofVirtual().start(() -> learn(workload)))
                    .toList();
            learners.forEach(RawKubernetes::join);
            report.must(
                    sum(ReadingWorkload::learned) == WORKLOADS * VALUES,
                    "every workload answers every value of its Secret");
            workloads.values().forEach(ReadingWorkload::begin);
            var cpuBefore = Processes.cpu(platform);
            load(seconds * PER_SECOND);
            awaitAnswers();
            var cpu = Processes.cpuSince(platform, cpuBefore);
            LockSupport.parkNanos(QUIET.toNanos()); // patches nobody asked for may come late
            tell(raw, report);
            Processes.tellCost("change", cpu, seconds * PER_SECOND, report);
        }
    }

    private void tell(RawKubernetes.Patches raw, Report report) {
        var latencies = workloads.values().stream()
                .map(ReadingWorkload::latencies)
                .flatMap(List::stream)
                .toList();
        report.must(!watchBroke, "the watch lasted");
        report.must(sum(ReadingWorkload::missed) == 0, "missed changes: " + sum(ReadingWorkload::missed));
        report.must(sum(ReadingWorkload::extra) == 0, "extra patches: " + sum(ReadingWorkload::extra));
        report.figure("Secret changes at " + PER_SECOND + "/s, answered", latencies.size(), "changes");
        report.figure("  answered together with a later one", sum(ReadingWorkload::overtaken), "changes");
        report.figure("  undone by later ones before they were answered", sum(ReadingWorkload::undone), "changes");
        if (!latencies.isEmpty()) {
            var samples = Samples.ofNanos(latencies);
            report.figure(
                    "Secret change → workload patched, p50",
                    samples.median(),
                    "ms",
                    new Report.Limit("one raw PATCH, p50", raw.latency().median()));
            report.figure(
                    "Secret change → workload patched, p99",
                    samples.quantile(0.99),
                    "ms",
                    new Report.Limit("one raw PATCH, p99", raw.latency().quantile(0.99)));
        }
    }

    /** Rounds of values until the annotation of each is known; the first change may come before the workload was met. */
    private void learn(ReadingWorkload workload) {
        for (int i = 1; workload.learned() < VALUES && i <= 3 * VALUES; i++) {
            if (answers(workload, i % VALUES)) {
                workload.learn(i % VALUES);
            } // else adopted silently: it counts from the next change on
        }
        // The load begins with the value after this one.
        if (!workload.shows(VALUES - 1)) {
            answers(workload, VALUES - 1);
        }
    }

    private boolean answers(ReadingWorkload workload, int value) {
        var before = workload.annotation();
        client.resource(secret(workload.name(), value)).update();
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(LEARNING)
                    .until(() -> !Objects.equals(before, workload.annotation()));
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private void load(int changes) {
        long begin = System.nanoTime();
        var puts = new ArrayList<Thread>();
        var names = workloads.keySet().stream().sorted().toList();
        for (int i = 0; i < changes; i++) {
            long due = begin + i * 1_000_000_000L / PER_SECOND;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            var name = names.get(i % WORKLOADS);
            int value = i / WORKLOADS % VALUES;
            puts.add(Thread.ofVirtual().start(() -> put(name, value)));
        }
        puts.forEach(RawKubernetes::join);
    }

    /** Changes of one Secret keep their order, however slow the API server is. */
    private void put(String name, int value) {
        var lock = Objects.requireNonNull(order.get(name));
        lock.lock();
        try {
            var acknowledged = Objects.requireNonNull(workloads.get(name)).sent(value);
            client.resource(secret(name, value)).update();
            acknowledged.run();
        } finally {
            lock.unlock();
        }
    }

    private void awaitAnswers() {
        try {
            Awaitility.await().atMost(PATIENCE).until(() -> sum(ReadingWorkload::waiting) == 0);
        } catch (ConditionTimeoutException e) {
            // Told as missed.
        }
    }

    private int sum(ToIntFunction<ReadingWorkload> part) {
        return workloads.values().stream().mapToInt(part).sum();
    }

    private static Secret secret(String name, int value) {
        return TestObjects.secret(NAMESPACE, name, "VALUE", name + "-" + value);
    }

    private final class Patches implements Watcher<Deployment> {
        @Override
        public void eventReceived(Action action, Deployment deployment) {
            long now = System.nanoTime();
            var workload = workloads.get(deployment.getMetadata().getName());
            var annotations = deployment.getSpec().getTemplate().getMetadata().getAnnotations();
            if (workload != null && annotations != null) {
                workload.seen(annotations.get(CONTENT), now);
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            watchBroke = true;
        }
    }
}
