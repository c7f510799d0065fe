package io.keyturn.testbed.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.testbed.pod.PodEvent.Kind;
import io.keyturn.testbed.pod.PodFaults.Fault;
import org.jspecify.annotations.Nullable;

/** One pod, from its binding to its deletion, on a virtual thread of its own and one per container. */
final class RunningPod implements Runnable {
    private static final Duration RETRY = Duration.ofMillis(300);
    /** Programs that are ready at once are said to run and be ready in one go. */
    private static final Duration SETTLING = Duration.ofMillis(40);

    private final PodRunner runner;
    private final KubernetesClient client;
    private final Pod pod;
    private final Fault fault;
    private final PodStatusWriter status;
    private final Volumes volumes;
    private final Environment environment;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Semaphore changes = new Semaphore(0);
    private final List<RunningContainer> containers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Kind lastEvent;
    private volatile boolean gone;

    RunningPod(PodRunner runner, KubernetesClient client, Pod pod, Fault fault, String address) {
        this.runner = runner;
        this.client = client;
        this.pod = pod;
        this.fault = fault;
        this.status = new PodStatusWriter(client, pod, address);
        var source = ConfigSource.of(client, namespace());
        this.volumes = new Volumes(pod.getSpec(), source);
        this.environment = new Environment(
                source,
                Map.of(
                        "metadata.name", name(),
                        "metadata.namespace", namespace(),
                        "metadata.uid", pod.getMetadata().getUid(),
                        "spec.nodeName", runner.nodeName(),
                        "status.podIP", address));
    }

    String name() {
        return pod.getMetadata().getName();
    }

    String namespace() {
        return pod.getMetadata().getNamespace();
    }

    /** The label {@code app}; without it the pod's own name. */
    String app() {
        var labels = Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of());
        return labels.getOrDefault("app", name());
    }

    Fault fault() {
        return fault;
    }

    Volumes volumes() {
        return volumes;
    }

    Environment environment() {
        return environment;
    }

    /** Tells the programs to end; the pod object goes when they have. */
    void end() {
        ending.countDown();
        changes.release();
    }

    /** The object has gone already: end, and ask for nothing any more. */
    void forget() {
        gone = true;
        end();
    }

    boolean isEnding() {
        return ending.getCount() == 0;
    }

    boolean endsWithin(Duration time) {
        try {
            return ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    void useUpGracePeriod() {
        var grace = pod.getSpec().getTerminationGracePeriodSeconds();
        runner.sleep(Duration.ofSeconds(grace == null ? 30 : grace));
    }

    void changed() {
        changes.release();
    }

    void login(String user, @Nullable String sqlState) {
        runner.ledger().add(new LoginLedger.Login(namespace(), app(), name(), user, Instant.now(), sqlState));
    }

    @Override
    public void run() {
        try {
            if (until(this::bind) && !endsWithin(fault.delay()) && until(this::prepare)) {
                startContainers();
                followContainers();
            }
        } finally {
            ending.countDown();
            joinContainers();
            runner.ledger().ended(namespace(), name());
            if (lastEvent != null) {
                runner.tell(this, Kind.STOPPED);
            }
            runner.ended(this);
        }
        if (!gone && !runner.isClosed()) {
            status.delete(() -> runner.sleep(RETRY));
        }
    }

    private interface Step {
        /** False to be tried again. */
        boolean done();
    }

    /** False when the pod ended first. */
    private boolean until(Step step) {
        while (!isEnding()) {
            try {
                if (step.done()) {
                    return !isEnding();
                }
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404) {
                    forget();
                    return false;
                }
            }
            endsWithin(RETRY);
        }
        return false;
    }

    private boolean bind() {
        if (pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty()) {
            return true;
        }
        var binding = new BindingBuilder()
                .withNewMetadata()
                .withName(name())
                .withNamespace(namespace())
                .endMetadata()
                .withNewTarget()
                .withKind("Node")
                .withApiVersion("v1")
                .withName(runner.nodeName())
                .endTarget()
                .build();
        try {
            client.bindings().inNamespace(namespace()).resource(binding).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
        return true;
    }

    /** Volumes first, then the init containers, whose references must resolve too; they are done as soon as they do. */
    private boolean prepare() {
        try {
            volumes.load();
        } catch (MissingReference e) {
            return heldUp(ContainerState.CREATING.waiting("ContainerCreating", e.getMessage()), null);
        }
        for (var init : pod.getSpec().getInitContainers()) {
            try {
                environment.of(init);
            } catch (MissingReference e) {
                return heldUp(
                        ContainerState.INITIALISING,
                        new RunningContainer(
                                this,
                                init,
                                ContainerState.CREATING.waiting("CreateContainerConfigError", e.getMessage())));
            }
        }
        return true;
    }

    private boolean heldUp(ContainerState state, @Nullable RunningContainer init) {
        var waiting = pod.getSpec().getContainers().stream()
                .map(container -> new RunningContainer(this, container, state))
                .toList();
        status.write(waiting, init);
        runner.tellOnce(this, Kind.HELD_UP);
        return false;
    }

    private void startContainers() {
        for (var container : pod.getSpec().getContainers()) {
            containers.add(new RunningContainer(this, container, ContainerState.CREATING));
        }
        for (var container : containers) {
            threads.add(Thread.ofVirtual()
                    .name(name() + "/" + container.spec().getName())
                    .start(container));
        }
    }

    private void followContainers() {
        while (!isEnding()) {
            changes.acquireUninterruptibly();
            if (containers.stream()
                    .anyMatch(c -> c.state().isRunning() && !c.state().ready())) {
                endsWithin(SETTLING);
            }
            changes.drainPermits();
            if (!isEnding() && until(this::writeStatus)) {
                runner.tellOnce(this, event());
            }
        }
    }

    private boolean writeStatus() {
        status.write(containers, null);
        return true;
    }

    private Kind event() {
        if (containers.stream().allMatch(c -> c.state().ready())) {
            return Kind.READY;
        }
        if (!containers.stream().allMatch(c -> c.state().isRunning())) {
            return Kind.HELD_UP;
        }
        return lastEvent == Kind.READY || lastEvent == Kind.UNREADY ? Kind.UNREADY : Kind.STARTED;
    }

    /** True when this is news. */
    boolean isNews(Kind kind) {
        boolean news = kind != lastEvent;
        lastEvent = kind;
        return news;
    }

    private void joinContainers() {
        for (var thread : threads) {
            boolean interrupted = false;
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
