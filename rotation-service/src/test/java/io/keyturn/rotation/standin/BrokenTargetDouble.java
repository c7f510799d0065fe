package io.keyturn.rotation.standin;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.TakingTarget;

/** Double of a target whose driver has a defect: it throws what nobody foresees once it is to take a new value. */
public final class BrokenTargetDouble extends KeyTargetDouble implements TakingTarget {
    public BrokenTargetDouble(KeysDouble keys) {
        super(keys);
    }

    @Override
    public Overlap overlap() {
        return Overlap.BOTH_VALID;
    }

    @Override
    public boolean owns(String principal) {
        return true;
    }

    @Override
    public String successorOf(String principal) {
        return principal.equals("key-a") ? "key-b" : "key-a";
    }

    @Override
    public Outcome<Boolean> apply(Credential next) {
        throw new UnsupportedOperationException();
    }
}
