package io.keyturn.rotation.standin;

import java.util.ArrayList;
import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;

/** Double of a target with password rules that nobody else knows: it refuses the first values it is told, each as often as it is told it. */
public final class FussyTargetDouble extends TakingTargetDouble {
    private final int refuses;
    private final List<String> told = new ArrayList<>();

    public FussyTargetDouble(KeysDouble keys, int refuses) {
        super(keys);
        this.refuses = refuses;
    }

    /** The values it was told, without repetition. */
    public List<String> told() {
        return List.copyOf(told);
    }

    @Override
    public Outcome<Boolean> apply(Credential next) {
        var value = next.secret().useString(secret -> secret);
        if (!told.contains(value)) {
            told.add(value);
        }
        if (told.indexOf(value) < refuses) {
            return Outcome.rejected(RotationReason.TARGET_REFUSED);
        }
        keys.add(next.principal(), value);
        return Outcome.done();
    }
}
