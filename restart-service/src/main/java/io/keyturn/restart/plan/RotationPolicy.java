package io.keyturn.restart.plan;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.resource.TargetService;
import org.jspecify.annotations.Nullable;

/** What a SecretRotation says about restarts: what it publishes, the order of its consumers, and what its target is. */
public record RotationPolicy(
        ObjectRef ref,
        Set<ObjectRef> publications,
        List<Set<String>> waves,
        @Nullable Integer maxParallel,
        @Nullable Duration deadline,
        @Nullable TargetService target) {
    public RotationPolicy {
        publications = Set.copyOf(publications);
        waves = List.copyOf(waves);
    }

    /** The wave that names the workload ({@code deployment/orders-api}); workloads that none names roll last. */
    int waveOf(WorkloadRef workload) {
        var name = workload.shortName();
        for (int i = 0; i < waves.size(); i++) {
            if (waves.get(i).stream().anyMatch(n -> n.toLowerCase(Locale.ROOT).equals(name))) {
                return i;
            }
        }
        return waves.size();
    }
}
