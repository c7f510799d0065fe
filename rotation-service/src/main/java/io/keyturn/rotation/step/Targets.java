package io.keyturn.rotation.step;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.PolicyReader.TargetFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;
import org.jspecify.annotations.Nullable;

/** The kinds of target this installation knows. */
@ApplicationScoped
public class Targets {
    private final Instance<TargetProvider> providers;

    Targets(@Any Instance<TargetProvider> providers) {
        this.providers = providers;
    }

    /** Reads a spec together with the branch of its target. */
    public PolicyReader.Result read(String namespace, String name, String uid, @Nullable SecretRotationSpec spec) {
        var target = spec == null ? null : spec.target();
        var facts = target == null ? nothing() : facts(namespace, target);
        return PolicyReader.read(namespace, name, uid, spec, facts);
    }

    /** Opens the target; the caller closes it. */
    Outcome<Target> open(RotationPolicy policy) {
        return provider(policy.target())
                .map(p -> p.open(policy))
                .orElseGet(() -> Outcome.rejected(RotationReason.INVALID_SPEC));
    }

    private TargetFacts facts(String namespace, SecretRotationSpec.Target target) {
        return provider(target).map(p -> p.read(namespace, target)).orElseGet(Targets::nothing);
    }

    private static TargetFacts nothing() {
        return new TargetFacts(List.of(new Fault("spec.target", "name exactly one target")), Set.of(), false, null);
    }

    private Optional<TargetProvider> provider(SecretRotationSpec.Target target) {
        return providers.stream().filter(p -> p.handles(target)).findFirst();
    }
}
