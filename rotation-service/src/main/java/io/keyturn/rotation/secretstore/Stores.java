package io.keyturn.rotation.secretstore;

import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.policy.Branch;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy;
import io.quarkus.arc.All;
import org.jspecify.annotations.Nullable;

/** The kinds of store this installation knows. */
@ApplicationScoped
public class Stores {
    private final List<SecretStore> kinds;

    public Stores(@All List<SecretStore> kinds) {
        this.kinds = kinds;
    }

    /** What is wrong with a place in a store: that of the live value, or one that a target names for its admin. */
    public List<Fault> faults(String field, String namespace, SecretRotationSpec.@Nullable Store place) {
        var store = place == null ? null : find(place).orElse(null);
        return place == null || store == null
                ? List.of(new Fault(field, "name exactly one store"))
                : store.faults(field, namespace, place);
    }

    /** What only one SecretRotation may manage of the place of the live value. */
    public List<Claim> claims(String field, SecretRotationSpec.@Nullable Store place) {
        return place == null
                ? List.of()
                : find(place).map(kind -> kind.claims(field, place)).orElseGet(List::of);
    }

    /** The store of a policy without faults. */
    public SecretStore of(RotationPolicy policy) {
        return of(policy.store());
    }

    /** The store of a place without faults. */
    public SecretStore of(SecretRotationSpec.Store place) {
        return find(place).orElseThrow(() -> new IllegalStateException("A place without faults must have a store"));
    }

    private Optional<SecretStore> find(SecretRotationSpec.Store place) {
        return Branch.owner(kinds, kind -> kind.handles(place));
    }
}
