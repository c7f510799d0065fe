package io.keyturn.rotation.publication.kubernetes;

import java.util.function.Supplier;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.outcome.Outcome;

/** What the API server's refusals mean. */
final class ApiCalls {
    private final KubernetesClient kubernetes;

    ApiCalls(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    /** Does that, twice at most: so it looks before it acts. */
    <T> Outcome<T> attempt(Supplier<Outcome<T>> act) {
        try {
            return act.get();
        } catch (KubernetesClientException e) {
            return isRefusal(e) ? again(act) : trouble(e);
        }
    }

    /** A server that has just started refuses for a moment what it allows. Once it says that it is ready, its word counts. */
    private <T> Outcome<T> again(Supplier<Outcome<T>> act) {
        try {
            return isReady() ? act.get() : Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        } catch (KubernetesClientException e) {
            return trouble(e);
        }
    }

    private boolean isReady() {
        try {
            kubernetes.raw("/readyz");
            return true;
        } catch (KubernetesClientException e) {
            // Whoever stands before the server may not let that question through.
            return isRefusal(e);
        }
    }

    private static boolean isRefusal(KubernetesClientException e) {
        return e.getCode() == 401 || e.getCode() == 403;
    }

    private static <T> Outcome<T> trouble(KubernetesClientException e) {
        return switch (e.getCode()) {
            // Somebody wrote at the same moment: read again, then write.
            case 409 -> Outcome.unavailable(RotationReason.CONFLICT);
            case 400, 401, 403, 404, 405, 415, 422 -> Outcome.rejected(RotationReason.PUBLICATION_REFUSED);
            default -> Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        };
    }
}
