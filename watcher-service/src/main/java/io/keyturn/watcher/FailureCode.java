package io.keyturn.watcher;

import java.util.Arrays;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.watcher.master.FingerprintMaster.MasterUnavailable;
import io.keyturn.watcher.observe.KubernetesRefused;

/** What may be said about a failure: our own codes, a status, else the name of its class. Never its message. */
public final class FailureCode {
    private FailureCode() {}

    public static String of(Throwable failure) {
        return switch (failure) {
            case MasterUnavailable e -> String.valueOf(e.getMessage());
            case KubernetesRefused e -> "KUBERNETES_" + e.status();
            case KubernetesClientException e -> "KUBERNETES_" + e.getCode();
            default -> failure.getClass().getSimpleName() + place(failure);
        };
    }

    /** Where in our own code it passed. */
    private static String place(Throwable failure) {
        return Arrays.stream(failure.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("io.keyturn."))
                .findFirst()
                .map(frame -> " at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
    }
}
