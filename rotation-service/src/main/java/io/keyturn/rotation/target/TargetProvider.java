package io.keyturn.rotation.target;

import java.util.List;
import java.util.Optional;

import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;

/** One kind of target: one package, one branch of {@code spec.target}, one conformance test, one page of documentation. */
public interface TargetProvider {
    boolean handles(SecretRotationSpec.Target spec);

    /** What is wrong with its branch, and what templates may name. Pure. */
    TargetFacts read(String namespace, SecretRotationSpec.Target spec);

    /** The credentials of its branch, each of which only one SecretRotation may manage; of a branch with faults what it names. Pure. */
    List<Claim> claims(String namespace, SecretRotationSpec.Target spec);

    /**
     * Where the target answers, such as {@code host:port}, equal for all that fall silent together; empty if that cannot be told. Pure.
     */
    default Optional<String> address(SecretRotationSpec.Target spec) {
        return Optional.empty();
    }

    /**
     * Opens the target of a policy without faults; reads its admin credential from the store if it needs one.
     *
     * @param fence grows with every claim of a run. A target that can hold a number keeps the highest one beside the credential, in one
     *     step with each change, and changes nothing for a lower one (CONFLICT): that comes from a process that was stopped for too long
     */
    Outcome<Target> open(RotationPolicy policy, long fence);
}
