package io.keyturn.rotation.target.postgres;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;

import static java.util.Objects.requireNonNull;

/** Opens PostgreSQL targets. */
@ApplicationScoped
class PostgresProvider implements TargetProvider {
    private final Stores stores;
    private final AdminConnections connections;
    private final Clock clock;

    PostgresProvider(Stores stores, AdminConnections connections, Clock clock) {
        this.stores = stores;
        this.connections = connections;
        this.clock = clock;
    }

    @Override
    public boolean handles(SecretRotationSpec.Target spec) {
        return spec.postgres() != null;
    }

    @Override
    public List<Claim> claims(String namespace, SecretRotationSpec.Target spec) {
        return PostgresPlan.claims(namespace, requireNonNull(spec.postgres()));
    }

    @Override
    public TargetFacts read(String namespace, SecretRotationSpec.Target spec) {
        var branch = requireNonNull(spec.postgres());
        var plan = PostgresPlan.of(branch);
        var faults = new ArrayList<>(plan.faults(branch));
        faults.addAll(stores.faults("spec.target.postgres.admin", namespace, plan.admin()));
        return new TargetFacts(
                faults, PostgresPlan.ATTRIBUTES, plan.strategy() == Strategy.AlternatingRoles, branch.host(), null);
    }

    @Override
    public Optional<String> address(SecretRotationSpec.Target spec) {
        var plan = PostgresPlan.of(requireNonNull(spec.postgres()));
        return Optional.of(plan.host() + ":" + plan.port());
    }

    @Override
    public Outcome<Target> open(RotationPolicy policy, long fence) {
        var plan = PostgresPlan.of(requireNonNull(policy.target().postgres()));
        return stores.of(plan.admin())
                .read(plan.admin())
                .then(admin -> Outcome.done(new PostgresTargetRoles(
                        plan,
                        policy.terminateSessions(),
                        new PostgresServer(plan, admin, connections, new RoleFence(fence)),
                        clock)));
    }
}
