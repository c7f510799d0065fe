package io.keyturn.rotation.step;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.Stores;

/** Which runs have left values in the private mount. */
@ApplicationScoped
public class LeftBehind {
    /** What is left then is left to the next look. */
    private static final int AT_ONCE = 50;

    private final Stores stores;
    private final OtherRuns runs;

    LeftBehind(Stores stores, OtherRuns runs) {
        this.stores = stores;
        this.runs = runs;
    }

    /** Whether the database of the runs has lost it: it may be under way all the same. Blocking. */
    boolean isLost(RotationPolicy policy, RotationId run) {
        return !runs.isOver(policy.uid(), run);
    }

    /** Some of those of the SecretRotation that are not under way. Blocking. */
    public Outcome<List<RotationId>> by(RotationPolicy policy) {
        return stores.of(policy).keptRuns(policy).then(kept -> {
            var some = kept.stream().limit(AT_ONCE).toList();
            var needed = some.isEmpty() ? some : runs.openAmong(some);
            return Outcome.done(
                    some.stream().filter(run -> !needed.contains(run)).toList());
        });
    }
}
