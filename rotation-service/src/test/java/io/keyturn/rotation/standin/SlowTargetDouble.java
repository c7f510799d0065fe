package io.keyturn.rotation.standin;

import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;

/** Double of a target whose acceptance is long work done batch by batch, such as encrypting all rows anew: one batch per call. */
public final class SlowTargetDouble extends TakingTargetDouble {
    private final AtomicInteger batches;

    public SlowTargetDouble(KeysDouble keys, AtomicInteger batches) {
        super(keys);
        this.batches = batches;
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
