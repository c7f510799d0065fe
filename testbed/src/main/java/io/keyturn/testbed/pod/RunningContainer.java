package io.keyturn.testbed.pod;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.testbed.pod.PodFaults.Kind;
import org.jspecify.annotations.Nullable;

/** One container of a pod: resolves what it refers to, runs its program, starts it again when it crashes. */
final class RunningContainer implements Runnable {
    /** A kubelet tries again every few seconds; tests need not wait that long. */
    private static final Duration RETRY = Duration.ofMillis(300);

    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
    private static final Duration LAST_BACK_OFF = Duration.ofSeconds(5);

    private final RunningPod pod;
    private final Container spec;
    private volatile ContainerState state;

    RunningContainer(RunningPod pod, Container spec, ContainerState state) {
        this.pod = pod;
        this.spec = spec;
        this.state = state;
    }

    Container spec() {
        return spec;
    }

    ContainerState state() {
        return state;
    }

    /** Lives until the pod ends. */
    @Override
    public void run() {
        var backOff = FIRST_BACK_OFF;
        while (!pod.isEnding()) {
            if (attempt()) {
                pod.endsWithin(backOff);
                backOff =
                        backOff.multipliedBy(2).compareTo(LAST_BACK_OFF) < 0 ? backOff.multipliedBy(2) : LAST_BACK_OFF;
            } else {
                pod.endsWithin(RETRY);
            }
        }
        set(state.ready(false));
    }

    /** True when the container ran and ended, false when it could not be started. */
    private boolean attempt() {
        var program = PodProgram.named(spec.getImage());
        if (program.isEmpty() || pod.fault().kind() == Kind.IMAGE_PULL) {
            set(state.waiting("ImagePullBackOff", "Back-off pulling image \"" + spec.getImage() + "\""));
            return false;
        }
        try {
            var sandbox = new ContainerSandbox(
                    pod.environment().of(spec), pod.volumes().mountedBy(spec));
            run(program.get(), sandbox);
            return true;
        } catch (MissingReference e) {
            set(state.waiting("CreateContainerConfigError", e.getMessage()));
            return false;
        } catch (KubernetesClientException e) {
            // The API server is away: a kubelet keeps trying, too.
            return false;
        }
    }

    private void run(PodProgram program, ContainerSandbox sandbox) {
        switch (pod.fault().kind()) {
            case CRASH -> {}
            case HANG -> {
                set(state.running(now()));
                pod.endsWithin(Duration.ofDays(1));
                pod.useUpGracePeriod();
            }
            case NONE, UNREADY, IMAGE_PULL -> {
                set(state.running(now()));
                try {
                    program.run(sandbox);
                } catch (IllegalArgumentException | IllegalStateException e) {
                    // The program cannot work with what it was given: it crashes, as an application would.
                    set(state.ready(false));
                }
            }
        }
        if (!pod.isEnding()) {
            set(state.crashed(now()));
        }
    }

    private void set(ContainerState next) {
        if (!next.equals(state)) {
            state = next;
            pod.changed();
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    private final class ContainerSandbox implements PodProgram.Sandbox {
        private final Map<String, String> env;
        private final Volumes.View files;

        ContainerSandbox(Map<String, String> env, Volumes.View files) {
            this.env = env;
            this.files = files;
        }

        @Override
        public String pod() {
            return pod.name();
        }

        @Override
        public Map<String, String> env() {
            return env;
        }

        @Override
        public Volumes.View files() {
            return files;
        }

        @Override
        public void ready(boolean ready) {
            set(state.ready(ready && pod.fault().kind() != Kind.UNREADY));
        }

        @Override
        public void login(String user, @Nullable String sqlState) {
            pod.login(user, sqlState);
        }

        @Override
        public boolean stopsWithin(Duration time) {
            return pod.endsWithin(time);
        }
    }
}
