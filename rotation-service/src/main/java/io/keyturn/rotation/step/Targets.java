package io.keyturn.rotation.step;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Branch;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;
import io.quarkus.arc.All;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** The kinds of target this installation knows, and through them the whole of a SecretRotation. */
@ApplicationScoped
public class Targets {
    private final List<TargetProvider> kinds;
    private final Stores stores;
    private final Publishers publishers;

    Targets(@All List<TargetProvider> kinds, Stores stores, Publishers publishers) {
        this.kinds = kinds;
        this.stores = stores;
        this.publishers = publishers;
    }

    /**
     * Reads a spec: each branch of target, store and publications by the kind that handles it. A spec that a kind cannot even read
     * is a faulty one: its run ends, and its status says so.
     */
    public PolicyReader.Result read(ObjectRef policy, String uid, @Nullable SecretRotationSpec spec) {
        try {
            return understood(policy, uid, spec);
        } catch (RuntimeException e) {
            var defect = e.getClass().getSimpleName();
            return new PolicyReader.Result.Faulty(List.of(new Fault(
                    "spec",
                    "reading it fails with " + defect
                            + ", a defect of Keyturn: report it, and take back what was changed last")));
        }
    }

    private PolicyReader.Result understood(ObjectRef policy, String uid, @Nullable SecretRotationSpec spec) {
        var namespace = policy.namespace();
        var target = facts(namespace, spec == null ? null : spec.target());
        var store = stores.faults("spec.store", namespace, spec == null ? null : spec.store());
        var publications = publishers.read(namespace, spec == null ? null : spec.publish(), target);
        return PolicyReader.read(policy, uid, spec, target, store, publications);
    }

    /** What only one SecretRotation may manage, as far as the kinds understand the spec. */
    public List<Claim> claims(String namespace, @Nullable SecretRotationSpec spec) {
        if (spec == null) {
            return List.of();
        }
        var target = spec.target();
        return Stream.of(
                        stores.claims("spec.store", spec.store()),
                        publishers.claims(namespace, spec.publish()),
                        kind(target)
                                .map(kind -> kind.claims(namespace, requireNonNull(target)))
                                .orElseGet(List::of))
                .flatMap(List::stream)
                .toList();
    }

    /** Where its target answers, as far as the kinds understand the spec. */
    public Optional<String> address(@Nullable SecretRotationSpec spec) {
        var target = spec == null ? null : spec.target();
        return kind(target).flatMap(kind -> kind.address(requireNonNull(target)));
    }

    /** Opens the target; the caller closes it. */
    public Outcome<Target> open(RotationPolicy policy, long fence) {
        return kind(policy.target())
                .map(kind -> kind.open(policy, fence))
                .orElseGet(() -> Outcome.rejected(RotationReason.INVALID_SPEC));
    }

    private TargetFacts facts(String namespace, SecretRotationSpec.@Nullable Target target) {
        return kind(target)
                .map(kind -> kind.read(namespace, requireNonNull(target)))
                .orElseGet(Targets::nothing);
    }

    private static TargetFacts nothing() {
        return new TargetFacts(
                List.of(new Fault("spec.target", "name exactly one target")), Set.of(), false, null, null);
    }

    private Optional<TargetProvider> kind(SecretRotationSpec.@Nullable Target target) {
        return target == null ? Optional.empty() : Branch.owner(kinds, kind -> kind.handles(target));
    }
}
