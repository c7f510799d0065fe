package io.keyturn.rotation.standin;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.TakingTarget;

/** Double of a target whose acceptance is long work done batch by batch, such as encrypting all rows anew: one batch per call. */
public record SlowTargetDouble(KeysDouble keys, AtomicInteger batches) implements TakingTarget {

    @Override
    public Overlap overlap() {
        return Overlap.BOTH_VALID;
    }

    @Override
    public Map<String, String> attributes() {
        return Map.of();
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
    public Outcome<Boolean> inspect(Credential live) {
        return keys.accepts(live) ? Outcome.done() : Outcome.rejected(RotationReason.CURRENT_REFUSED);
    }

    @Override
    public Outcome<Boolean> successorIsFree(Credential live) {
        return Outcome.done();
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

    @Override
    public Outcome<Boolean> test(Credential credential) {
        return keys.accepts(credential) ? Outcome.done() : Outcome.rejected(RotationReason.TEST_FAILED);
    }

    @Override
    public Outcome<Boolean> unused(Credential previous, Instant since) {
        return Outcome.done();
    }

    @Override
    public Outcome<RetirementProof> retire(Credential previous, boolean terminateSessions) {
        keys.remove(previous.principal());
        return Outcome.done(RetirementProof.LOGIN_REFUSED);
    }

    @Override
    public Outcome<Boolean> revert(Credential failed, Credential previous) {
        keys.remove(failed.principal());
        return Outcome.done();
    }

    @Override
    public void close() {}
}
