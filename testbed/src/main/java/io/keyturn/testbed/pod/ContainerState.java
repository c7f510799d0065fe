package io.keyturn.testbed.pod;

import java.time.Instant;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's status says about a container.
 *
 * @param waiting why it does not run; null while it runs or once it is done
 * @param message what the reason is about; names of objects, never their contents
 * @param started since when it runs
 * @param ended when it last ended
 * @param restarts how often it ended and was started again
 */
record ContainerState(
        @Nullable String waiting,
        @Nullable String message,
        @Nullable Instant started,
        @Nullable Instant ended,
        boolean ready,
        int restarts) {

    static final ContainerState CREATING = new ContainerState("ContainerCreating", null, null, null, false, 0);
    static final ContainerState INITIALISING = new ContainerState("PodInitializing", null, null, null, false, 0);

    ContainerState waiting(String reason, @Nullable String about) {
        return new ContainerState(reason, about, null, ended, false, restarts);
    }

    ContainerState running(Instant since) {
        return new ContainerState(null, null, since, ended, false, restarts);
    }

    ContainerState ready(boolean now) {
        return new ContainerState(waiting, message, started, ended, now, restarts);
    }

    ContainerState crashed(Instant at) {
        return new ContainerState(
                "CrashLoopBackOff", "back-off restarting failed container", null, at, false, restarts + 1);
    }

    boolean isRunning() {
        return started != null;
    }

    ContainerStatus status(String name, String image, @Nullable String id) {
        var state = new ContainerStateBuilder();
        if (started != null) {
            state.withNewRunning().withStartedAt(started.toString()).endRunning();
        } else {
            state.withNewWaiting().withReason(waiting).withMessage(message).endWaiting();
        }
        var last = new ContainerStateBuilder();
        if (ended != null) {
            last.withNewTerminated()
                    .withExitCode(1)
                    .withReason("Error")
                    .withFinishedAt(ended.toString())
                    .endTerminated();
        }
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withImageID("")
                .withContainerID(started == null ? null : id)
                .withReady(ready)
                .withStarted(started != null)
                .withRestartCount(restarts)
                .withState(state.build())
                .withLastState(last.build())
                .build();
    }

    /** An init container that has done its work. */
    static ContainerStatus completed(String name, String image, Instant at) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withImageID("")
                .withReady(true)
                .withStarted(false)
                .withRestartCount(0)
                .withState(new ContainerStateBuilder()
                        .withNewTerminated()
                        .withExitCode(0)
                        .withReason("Completed")
                        .withFinishedAt(at.toString())
                        .endTerminated()
                        .build())
                .build();
    }
}
