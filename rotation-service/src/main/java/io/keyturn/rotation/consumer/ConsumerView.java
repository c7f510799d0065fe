package io.keyturn.rotation.consumer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.RotationPolicy.SecretPlan;
import io.keyturn.rotation.saga.Published;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the published Secrets, seen for ourselves: pods of the namespace, by their own spec and their own creation time. Both
 * times come from the API server's clock, in whole seconds; who was created in the very second of the write is told apart by
 * having been there before it.
 */
@ApplicationScoped
public class ConsumerView {
    private static final Duration RACE = Duration.ofSeconds(5);

    private final KubernetesClient kubernetes;
    private final Workloads workloads;

    ConsumerView(KubernetesClient kubernetes, Workloads workloads) {
        this.kubernetes = kubernetes;
        this.workloads = workloads;
    }

    /** Uids of readers so young that their creation may fall into the second of a write that follows now. */
    public Outcome<List<String>> youngReaders(RotationPolicy policy) {
        return readers(policy).then(pods -> {
            var newest = pods.stream()
                    .map(ConsumerView::createdAt)
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH);
            return Outcome.done(pods.stream()
                    .filter(p -> createdAt(p).isAfter(newest.minus(RACE)))
                    .map(p -> p.getMetadata().getUid())
                    .toList());
        });
    }

    /** Done with the number of live readers when none of them started before the publication. */
    public Outcome<Integer> moved(RotationPolicy policy, Published published) {
        return readers(policy).then(pods -> {
            var stale = pods.stream().filter(p -> isStale(p, published)).toList();
            if (stale.isEmpty()) {
                return Outcome.done(pods.size());
            }
            return Outcome.waiting(whoStays(stale));
        });
    }

    private RotationReason whoStays(List<Pod> stale) {
        try {
            return stale.stream().allMatch(workloads::optedOut)
                    ? RotationReason.CONSUMER_OPTED_OUT
                    : RotationReason.CONSUMERS_STUCK;
        } catch (KubernetesClientException e) {
            return RotationReason.CONSUMERS_STUCK;
        }
    }

    /** Done when no live reader holds the failed value. Who was there before it was published has never left the previous one. */
    public Outcome<Integer> back(RotationPolicy policy, @Nullable Published failed, Published restored) {
        return readers(policy).then(pods -> {
            boolean held = pods.stream().anyMatch(p -> isStale(p, restored) && (failed == null || tookUp(p, failed)));
            return held ? Outcome.waiting(RotationReason.CONSUMERS_STUCK) : Outcome.done(pods.size());
        });
    }

    /** A container that starts anew in an old pod reads what is published then. */
    private static boolean tookUp(Pod pod, Published published) {
        return !isStale(pod, published) || startedAt(pod).anyMatch(started -> !started.isBefore(published.at()));
    }

    private static Stream<Instant> startedAt(Pod pod) {
        return pod.getStatus() == null
                ? Stream.empty()
                : pod.getStatus().getContainerStatuses().stream()
                        .map(status -> status.getState())
                        .filter(state -> state != null && state.getRunning() != null)
                        .map(state -> Instant.parse(state.getRunning().getStartedAt()));
    }

    private Outcome<List<Pod>> readers(RotationPolicy policy) {
        Set<String> secrets = policy.secrets().stream().map(SecretPlan::name).collect(Collectors.toSet());
        try {
            var readers = kubernetes.pods().inNamespace(policy.namespace()).list().getItems().stream()
                    .filter(ConsumerView::isLive)
                    .filter(p -> Readers.reads(p.getSpec(), secrets))
                    .toList();
            if (readers.isEmpty()) {
                return Outcome.done(readers);
            }
            var target = workloads.behind(policy.targetService(), policy.namespace());
            return Outcome.done(readers.stream().filter(target.negate()).toList());
        } catch (KubernetesClientException e) {
            return Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        }
    }

    private static boolean isStale(Pod pod, Published published) {
        var created = createdAt(pod);
        return created.isBefore(published.at())
                || created.equals(published.at())
                        && published.racing().contains(pod.getMetadata().getUid());
    }

    private static boolean isLive(Pod pod) {
        var phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        return !"Succeeded".equals(phase) && !"Failed".equals(phase);
    }

    private static Instant createdAt(Pod pod) {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }
}
