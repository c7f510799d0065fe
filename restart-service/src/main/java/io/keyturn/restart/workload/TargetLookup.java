package io.keyturn.restart.workload;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.TargetPods;

/** Which pods are behind the targets of SecretRotations: one GET of a Service per target and minute. */
@ApplicationScoped
public class TargetLookup {
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<TargetService, Seen> seen = new ConcurrentHashMap<>();

    private record Seen(TargetPods pods, Instant at) {}

    TargetLookup(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Blocks; fails if the API server does not answer, for a target may never be rolled by mistake. */
    public List<TargetPods> of(Collection<RotationPolicy> policies) {
        return policies.stream()
                .map(RotationPolicy::target)
                .filter(Objects::nonNull)
                .distinct()
                .map(this::pods)
                .toList();
    }

    /** The same without asking anybody; empty if that does not do. */
    public Optional<List<TargetPods>> known(Collection<RotationPolicy> policies) {
        var now = clock.instant();
        var pods = new ArrayList<TargetPods>();
        for (var policy : policies) {
            var known = policy.target() == null ? null : seen.get(policy.target());
            if (known != null && isFresh(known, now)) {
                pods.add(known.pods());
            } else if (policy.target() != null) {
                return Optional.empty();
            }
        }
        return Optional.of(pods);
    }

    private static boolean isFresh(Seen seen, Instant now) {
        return seen.at().plus(FRESH).isAfter(now);
    }

    private TargetPods pods(TargetService target) {
        var now = clock.instant();
        var known = seen.get(target);
        if (known != null && isFresh(known, now)) {
            return known.pods();
        }
        var service = client.services()
                .inNamespace(target.namespace())
                .withName(target.name())
                .get();
        var selector = service == null ? null : service.getSpec().getSelector();
        var pods = new TargetPods(target.namespace(), selector == null ? Map.of() : selector);
        seen.put(target, new Seen(pods, now));
        return pods;
    }
}
