package io.keyturn.rotation.target.postgres;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.PolicyReader.TargetFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;

import static java.util.Objects.requireNonNull;

/** Opens PostgreSQL targets. */
@ApplicationScoped
class PostgresProvider implements TargetProvider {
    private final SecretStore store;
    private final AdminConnections connections;

    PostgresProvider(SecretStore store, AdminConnections connections) {
        this.store = store;
        this.connections = connections;
    }

    @Override
    public boolean handles(SecretRotationSpec.Target spec) {
        return spec.postgres() != null;
    }

    @Override
    public TargetFacts read(String namespace, SecretRotationSpec.Target spec) {
        var branch = requireNonNull(spec.postgres());
        var plan = PostgresPlan.of(branch);
        return new TargetFacts(
                plan.faults(namespace, branch),
                PostgresPlan.ATTRIBUTES,
                plan.strategy() == Strategy.AlternatingRoles,
                branch.host());
    }

    @Override
    public Outcome<Target> open(RotationPolicy policy) {
        var plan = PostgresPlan.of(requireNonNull(policy.target().postgres()));
        return store.read(plan.adminPath())
                .then(admin -> Outcome.done(new PostgresTargetRoles(
                        plan, policy.terminateSessions(), new PostgresServer(plan, admin, connections))));
    }
}
