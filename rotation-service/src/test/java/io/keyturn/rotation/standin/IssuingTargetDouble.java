package io.keyturn.rotation.standin;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.target.IssuingTarget;

/** Double of a target that makes its keys itself: the id is its own choice, the secret is told once. Each key bears its run. */
public record IssuingTargetDouble(KeysDouble keys) implements IssuingTarget {

    @Override
    public Map<String, String> attributes() {
        return Map.of();
    }

    @Override
    public boolean owns(String principal) {
        return keys.valid.containsKey(principal);
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
    public Outcome<Credential> issue(RotationId run, Credential live) {
        // What an earlier try issued cannot be told again.
        return withdraw(run, live).then(_ -> {
            var id = "key-" + UUID.randomUUID().toString().substring(0, 8);
            var secret = UUID.randomUUID().toString();
            keys.marks.put(id, run.value());
            keys.add(id, secret);
            return Outcome.done(new Credential(id, SecretValue.copyOf(secret)));
        });
    }

    @Override
    public Outcome<Boolean> withdraw(RotationId run, Credential live) {
        keys.marks.forEach((id, by) -> {
            if (by.equals(run.value()) && !id.equals(live.principal())) {
                keys.remove(id);
            }
        });
        return Outcome.done();
    }

    @Override
    public Outcome<Boolean> apply(Credential next) {
        return test(next);
    }

    @Override
    public Outcome<Boolean> test(Credential credential) {
        return keys.accepts(credential) ? Outcome.done() : Outcome.rejected(RotationReason.TEST_FAILED);
    }

    @Override
    public Outcome<Boolean> unused(Credential previous, Instant since) {
        return keys.isUsed(previous.principal()) ? Outcome.waiting(RotationReason.SESSIONS_STUCK) : Outcome.done();
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
