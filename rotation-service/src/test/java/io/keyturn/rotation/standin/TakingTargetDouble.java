package io.keyturn.rotation.standin;

import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.TakingTarget;

/** What doubles of targets have in common that take the values of two keys in turn. */
abstract class TakingTargetDouble extends KeyTargetDouble implements TakingTarget {
    TakingTargetDouble(KeysDouble keys) {
        super(keys);
    }

    @Override
    public Overlap overlap() {
        return Overlap.BOTH_VALID;
    }

    @Override
    public boolean owns(String principal) {
        return principal.startsWith("key-");
    }

    @Override
    public String successorOf(String principal) {
        return principal.equals("key-a") ? "key-b" : "key-a";
    }
}
