package io.keyturn.rotation.standin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;

/** Opens doubles of targets; each test says which one stands in its namespace. */
@ApplicationScoped
public class TargetProviderDouble implements TargetProvider {
    /** How long its targets may make a run wait. */
    public static final Duration PATIENCE = Duration.ofHours(6);

    private final Map<String, Target> byNamespace = new ConcurrentHashMap<>();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    /** From now on the specs of this namespace cannot be read. */
    public void breakReading(String namespace) {
        unreadable.add(namespace);
    }

    public void stand(String namespace, Target target) {
        byNamespace.put(namespace, target);
    }

    @Override
    public boolean handles(SecretRotationSpec.Target spec) {
        return spec.postgres() == null;
    }

    @Override
    public List<Claim> claims(String namespace, SecretRotationSpec.Target spec) {
        return List.of(new Claim("spec.target.double", "target " + namespace));
    }

    @Override
    public TargetFacts read(String namespace, SecretRotationSpec.Target spec) {
        if (unreadable.contains(namespace)) {
            throw new IllegalStateException("hunter2 at position 3");
        }
        return new TargetFacts(List.of(), Set.of(), true, null, PATIENCE);
    }

    @Override
    public Outcome<Target> open(RotationPolicy policy, long fence) {
        var target = byNamespace.get(policy.namespace());
        return target == null ? Outcome.unavailable(RotationReason.TARGET_UNREACHABLE) : Outcome.done(target);
    }
}
