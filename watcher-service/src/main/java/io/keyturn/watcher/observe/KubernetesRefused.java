package io.keyturn.watcher.observe;

/** The API server answered with an error, or not at all (status 0). Carries nothing of the answer. */
public final class KubernetesRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    KubernetesRefused(int status) {
        super("status " + status, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
