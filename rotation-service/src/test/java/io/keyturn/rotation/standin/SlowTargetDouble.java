package io.keyturn.rotation.standin;

import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.TakingTarget;

/** Double of a target whose acceptance is long work done batch by batch, such as encrypting all rows anew: one batch per call. */
public final class SlowTargetDouble extends KeyTargetDouble implements TakingTarget {
    private final AtomicInteger batches;

    public SlowTargetDouble(KeysDouble keys, AtomicInteger batches) {
        super(keys);
        this.batches = batches;
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
        if (!keys.accepts(next)) {
            if (batches.decrementAndGet() > 0) {
                return Outcome.waiting(RotationReason.TARGET_UNREACHABLE);
            }
            next.secret().useString(secret -> {
                keys.add(next.principal(), secret);
                return secret;
            });
        }
        return Outcome.done();
    }
}
