package io.keyturn.rotation.standin;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;

/** Double of a target whose driver has a defect: it throws what nobody foresees once it is to take a new value. */
public final class BrokenTargetDouble extends TakingTargetDouble {
    public BrokenTargetDouble(KeysDouble keys) {
        super(keys);
    }

    @Override
    public Outcome<Boolean> apply(Credential next) {
        throw new UnsupportedOperationException();
    }
}
