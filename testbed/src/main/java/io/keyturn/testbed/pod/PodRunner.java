package io.keyturn.testbed.pod;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import org.jspecify.annotations.Nullable;

/**
 * Scheduler and kubelet of a control plane that has neither: <b>a double</b>, and its node carries a label that says so.
 *
 * <p>It binds Pending pods to its one node and runs, in place of their containers, the programs that their image names pick:
 * {@code keyturn.test/pg-env}, {@code /pg-envfrom} and {@code /pg-volume} log in to PostgreSQL all the time,
 * {@code /pause} does nothing. Environment variables are read once, when a container starts; mounted files change some time after
 * their source does, {@code subPath} mounts never; a missing key is {@code CreateContainerConfigError}. Pod addresses are made up:
 * nobody listens there, {@link #healthUrl} does.
 */
public final class PodRunner implements AutoCloseable {
    private final KubernetesClient client;
    private final Options options;
    private final LoginLedger ledger = new LoginLedger();
    private final HealthEndpoints health = new HealthEndpoints(ledger);
    private final PodFaults faults = new PodFaults();
    private final Map<String, RunningPod> pods = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private final List<Thread> threads = java.util.Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger addresses = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final WorkerNode node;

    /**
     * What can be chosen.
     *
     * @param volumeRefresh how long after a change mounted files show it (a kubelet: up to a minute and more)
     * @param listener is told what happens to pods, on threads of the runner
     */
    public record Options(String nodeName, Duration volumeRefresh, Consumer<PodEvent> listener) {
        public static Options defaults() {
            return new Options("pod-runner", Duration.ofSeconds(2), _ -> {});
        }

        public Options withVolumeRefresh(Duration delay) {
            return new Options(nodeName, delay, listener);
        }

        public Options withListener(Consumer<PodEvent> other) {
            return new Options(nodeName, volumeRefresh, other);
        }
    }

    private PodRunner(KubernetesClient client, Options options) {
        this.client = client;
        this.options = options;
        this.node = new WorkerNode(client, options.nodeName());
    }

    /** Starts with the defaults. The client needs an administrator's rights and stays the caller's. */
    public static PodRunner start(KubernetesClient admin) {
        return start(admin, Options.defaults());
    }

    public static PodRunner start(KubernetesClient admin, Options options) {
        var runner = new PodRunner(admin, options);
        runner.node.register();
        Thread.ofVirtual().name("node-heartbeat").start(runner::keepNodeAlive);
        runner.informers.add(admin.secrets().inAnyNamespace().inform(new Sources<Secret>(runner)));
        runner.informers.add(admin.configMaps().inAnyNamespace().inform(new Sources<ConfigMap>(runner)));
        runner.informers.add(admin.pods().inAnyNamespace().inform(new Pods(runner)));
        return runner;
    }

    /** What the pods' logins came to. */
    public LoginLedger ledger() {
        return ledger;
    }

    /** Where the application with that label {@code app} says how it is; exists from the first call on. */
    public URI healthUrl(String namespace, String app) {
        return health.url(namespace, app);
    }

    /** Its health answers 503 from now on, whatever its pods do. */
    public void breakHealth(String namespace, String app) {
        health.setBroken(namespace, app, true);
    }

    /** Ends {@link #breakHealth}. */
    public void repairHealth(String namespace, String app) {
        health.setBroken(namespace, app, false);
    }

    /** Decides over the pods of that application that start from now on. */
    public NextPods nextPods(String namespace, String app) {
        return nextPods(namespace, Map.of("app", app));
    }

    /** Decides over the pods with these labels that start from now on. */
    public NextPods nextPods(String namespace, Map<String, String> labels) {
        return new NextPods(faults, namespace, labels);
    }

    /** Lifts every fault in that namespace; pods that suffer from one recover. */
    public void heal(String namespace) {
        faults.lift(namespace);
    }

    /** The name of the one node. */
    public String nodeName() {
        return options.nodeName();
    }

    /** Ends all programs and leaves the pod objects as they are; the node goes. */
    @Override
    public void close() {
        closed.countDown();
        informers.forEach(SharedIndexInformer::close);
        pods.values().forEach(RunningPod::end);
        for (var thread : List.copyOf(threads)) {
            try {
                thread.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        health.close();
        node.remove();
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Returns early when the runner is closed. */
    void sleep(Duration time) {
        try {
            closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void tellOnce(RunningPod pod, PodEvent.Kind kind) {
        if (pod.isNews(kind)) {
            tell(pod, kind);
        }
    }

    void tell(RunningPod pod, PodEvent.Kind kind) {
        options.listener().accept(new PodEvent(kind, pod.namespace(), pod.app(), pod.name(), Instant.now()));
    }

    void ended(RunningPod pod) {
        pods.values().remove(pod);
        threads.remove(Thread.currentThread());
    }

    private void keepNodeAlive() {
        while (!isClosed()) {
            node.beat();
            sleep(WorkerNode.HEARTBEAT);
        }
    }

    private void seen(Pod pod) {
        var running = pods.get(pod.getMetadata().getUid());
        boolean deleted = pod.getMetadata().getDeletionTimestamp() != null;
        if (running != null) {
            if (deleted) {
                running.end();
            }
            return;
        }
        var bound = pod.getSpec().getNodeName();
        boolean ours = bound == null || bound.isEmpty() || bound.equals(options.nodeName());
        var phase = pod.getStatus() == null ? "Pending" : pod.getStatus().getPhase();
        boolean over = "Succeeded".equals(phase) || "Failed".equals(phase);
        if (!ours || over || isClosed()) {
            return;
        }
        var started = new RunningPod(this, client, pod, faults.of(pod), nextAddress());
        if (deleted) {
            started.end();
        }
        pods.put(pod.getMetadata().getUid(), started);
        threads.add(Thread.ofVirtual().name(pod.getMetadata().getName()).start(started));
    }

    private void gone(Pod pod) {
        var running = pods.get(pod.getMetadata().getUid());
        if (running != null) {
            running.forget();
        }
    }

    private String nextAddress() {
        int number = addresses.incrementAndGet();
        return "10.244.%d.%d".formatted(number / 250 % 250, number % 250 + 1);
    }

    private void sourceChanged(HasMetadata source) {
        var affected = pods.values().stream()
                .filter(pod -> pod.namespace().equals(source.getMetadata().getNamespace())
                        && !pod.volumes().isEmpty())
                .toList();
        if (!affected.isEmpty()) {
            Thread.ofVirtual().start(() -> {
                sleep(options.volumeRefresh());
                affected.forEach(pod -> refresh(pod.volumes()));
            });
        }
    }

    private void refresh(Volumes volumes) {
        while (!isClosed()) {
            try {
                volumes.refresh();
                return;
            } catch (io.fabric8.kubernetes.client.KubernetesClientException e) {
                sleep(Duration.ofMillis(300));
            }
        }
    }

    private record Pods(PodRunner runner) implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            runner.seen(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            runner.seen(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean stateUnknown) {
            runner.gone(pod);
        }
    }

    private record Sources<T extends HasMetadata>(PodRunner runner) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T source) {
            runner.sourceChanged(source);
        }

        @Override
        public void onUpdate(@Nullable T before, T source) {
            if (before == null
                    || !Objects.equals(
                            before.getMetadata().getResourceVersion(),
                            source.getMetadata().getResourceVersion())) {
                runner.sourceChanged(source);
            }
        }

        @Override
        public void onDelete(T source, boolean stateUnknown) {
            // Files outlive their source, as with a kubelet.
        }
    }
}
