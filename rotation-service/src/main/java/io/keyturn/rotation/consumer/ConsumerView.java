package io.keyturn.rotation.consumer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.ContentMark;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.saga.Published.Copy;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the published Secrets, seen for ourselves: pods, by their own spec and their own creation time. Both
 * times come from the API server's clock, in whole seconds; who was created in the very second of the write is told apart by
 * having been there before it.
 */
@ApplicationScoped
class ConsumerView implements Consumers {
    private static final Duration RACE = Duration.ofSeconds(5);

    private final KubernetesClient kubernetes;
    private final Workloads workloads;
    private final Duration volumeRefresh;
    private final Clock clock;

    ConsumerView(KubernetesClient kubernetes, Workloads workloads, RotationConfig config, Clock clock) {
        this.kubernetes = kubernetes;
        this.workloads = workloads;
        this.volumeRefresh = config.runner().volumeRefresh();
        this.clock = clock;
    }

    @Override
    public Outcome<List<Reader>> readers(RotationPolicy policy) {
        return pods(policy).then(this::workloadsOf);
    }

    private Outcome<List<Reader>> workloadsOf(List<Pod> pods) {
        try {
            return Outcome.done(Workloads.onePodEach(pods).stream()
                    .map(pod -> new Reader(workloads.nameBehind(pod), workloads.optedOut(pod)))
                    .distinct()
                    .sorted(Comparator.comparing(Reader::name))
                    .toList());
        } catch (KubernetesClientException e) {
            return Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        }
    }

    @Override
    public Outcome<List<String>> youngReaders(RotationPolicy policy) {
        return pods(policy).then(pods -> {
            var newest = pods.stream()
                    .map(ConsumerView::createdAt)
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH);
            return Outcome.done(pods.stream()
                    .filter(p -> createdAt(p).isAfter(newest.minus(RACE)))
                    .map(ConsumerView::uid)
                    .toList());
        });
    }

    @Override
    public Outcome<List<String>> createdIn(RotationPolicy policy, Set<Instant> seconds, PublicationId publication) {
        return pods(policy)
                .then(pods -> Outcome.done(pods.stream()
                        .filter(p -> seconds.contains(createdAt(p)))
                        .filter(p -> !isMadeFor(policy, p, publication))
                        .map(ConsumerView::uid)
                        .toList()));
    }

    /** By what restart-service has written into its template, which it has learned from the Secret. */
    private static boolean isMadeFor(RotationPolicy policy, Pod pod, PublicationId publication) {
        var annotations = pod.getMetadata().getAnnotations();
        var mark = ContentMark.of(annotations == null ? null : annotations.get(Annotations.CONTENT));
        return secretsOf(policy, pod)
                .allMatch(secret -> publication.equals(mark.publications().get(secret.name())));
    }

    @Override
    public Outcome<Integer> moved(RotationPolicy policy, Published published) {
        return pods(policy).then(pods -> {
            var stale = pods.stream().filter(p -> isStale(policy, p, published)).toList();
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

    @Override
    public Outcome<Integer> back(RotationPolicy policy, @Nullable Published failed, Published restored) {
        return pods(policy).then(pods -> {
            var old = pods.stream().filter(p -> isStale(policy, p, restored)).toList();
            if (old.stream().anyMatch(p -> failed == null || tookUp(policy, p, failed, restored))) {
                return Outcome.waiting(RotationReason.CONSUMERS_STUCK);
            }
            return old.stream().anyMatch(p -> mayShowWhatWas(policy, p, restored))
                    ? Outcome.unavailable(RotationReason.CONSUMERS_STUCK)
                    : Outcome.done(pods.size());
        });
    }

    private boolean mayShowWhatWas(RotationPolicy policy, Pod pod, Published restored) {
        var refreshed = clock.instant().minus(volumeRefresh);
        return secretsOf(policy, pod)
                .filter(secret -> Readers.mounts(pod.getSpec(), secret.name()))
                .anyMatch(secret -> restored.copy(secret).lastAt().isAfter(refreshed));
    }

    /** A container that starts anew in an old pod reads what is published then: the failed value, until the restored one is there. */
    private boolean tookUp(RotationPolicy policy, Pod pod, Published failed, Published restored) {
        return secretsOf(policy, pod).anyMatch(secret -> {
            var copy = failed.copy(secret);
            // It reads a moment before it starts, by the clock of its node; and what a volume shows comes later than
            // what is published.
            var over = restored.copy(secret)
                    .lastAt()
                    .plus(RACE)
                    .plus(Readers.hasVolume(pod.getSpec(), secret.name()) ? volumeRefresh : Duration.ZERO);
            return copy.mayBeYounger(createdAt(pod), uid(pod))
                    || Readers.startsOf(pod, secret.name())
                            .anyMatch(started -> !started.isBefore(copy.at()) && !started.isAfter(over));
        });
    }

    private Outcome<List<Pod>> pods(RotationPolicy policy) {
        try {
            return Outcome.done(policy.secrets().stream()
                    .map(ObjectRef::namespace)
                    .distinct()
                    .flatMap(namespace -> readersIn(namespace, policy))
                    .toList());
        } catch (KubernetesClientException e) {
            return Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        }
    }

    private Stream<Pod> readersIn(String namespace, RotationPolicy policy) {
        var readers = kubernetes.pods().inNamespace(namespace).list().getItems().stream()
                .filter(ConsumerView::isLive)
                .filter(pod -> secretsOf(policy, pod).findAny().isPresent())
                .toList();
        return readers.isEmpty()
                ? Stream.empty()
                : readers.stream()
                        .filter(workloads
                                .behind(policy.targetService(), namespace)
                                .negate());
    }

    /** The published Secrets that the pod reads. */
    private static Stream<ObjectRef> secretsOf(RotationPolicy policy, Pod pod) {
        return policy.secrets().stream()
                .filter(secret -> secret.namespace().equals(pod.getMetadata().getNamespace()))
                .filter(secret -> Readers.reads(pod.getSpec(), Set.of(secret.name())));
    }

    private static Stream<Copy> copies(RotationPolicy policy, Pod pod, Published published) {
        return secretsOf(policy, pod).map(published::copy);
    }

    private static boolean isStale(RotationPolicy policy, Pod pod, Published published) {
        return copies(policy, pod, published).anyMatch(copy -> copy.mayBeOlder(createdAt(pod), uid(pod)));
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    private static boolean isLive(Pod pod) {
        var phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        return !"Succeeded".equals(phase) && !"Failed".equals(phase);
    }

    private static Instant createdAt(Pod pod) {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }
}
