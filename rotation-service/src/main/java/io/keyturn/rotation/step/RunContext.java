package io.keyturn.rotation.step;

import java.util.function.Function;

import io.keyturn.contract.reference.RunRef;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

/** The run a command belongs to, and what it has at hand. */
public record RunContext(
        RunRef run, RotationPolicy policy, @Nullable String traceparent, Workbench bench) {

    /** Lends the target. */
    <T> Outcome<T> withTarget(Function<Target, Outcome<T>> use) {
        return bench.target(policy).then(use);
    }

    /** Lends a value of the run. */
    <T> Outcome<T> withKept(Slot slot, Function<Credential, Outcome<T>> use) {
        return bench.kept(policy, run, slot).then(use);
    }
}
