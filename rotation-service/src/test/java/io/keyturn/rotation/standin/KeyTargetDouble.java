package io.keyturn.rotation.standin;

import java.time.Instant;
import java.util.Map;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;

/** What doubles of targets have in common: a credential is a key, and a key that was removed is refused at once. */
abstract class KeyTargetDouble {
    final KeysDouble keys;

    KeyTargetDouble(KeysDouble keys) {
        this.keys = keys;
    }

    public Map<String, String> attributes() {
        return Map.of();
    }

    public Outcome<Boolean> inspect(Credential live) {
        return accepted(live, RotationReason.CURRENT_REFUSED);
    }

    public Outcome<Boolean> successorIsFree(Credential live) {
        return Outcome.done();
    }

    public Outcome<Boolean> test(Credential credential) {
        return accepted(credential, RotationReason.TEST_FAILED);
    }

    public Outcome<Boolean> unused(Credential previous, Instant since) {
        return keys.isUsed(previous.principal()) ? Outcome.waiting(RotationReason.SESSIONS_STUCK) : Outcome.done();
    }

    public Outcome<Boolean> fence(Credential credential) {
        keys.fence(credential.principal());
        return Outcome.done();
    }

    public Outcome<RetirementProof> retire(Credential previous, Instant since, boolean terminateSessions) {
        keys.remove(previous.principal());
        return Outcome.done(RetirementProof.LOGIN_REFUSED);
    }

    public Outcome<Boolean> revert(Credential failed, Credential previous) {
        keys.remove(failed.principal());
        return Outcome.done();
    }

    public void close() {}

    private Outcome<Boolean> accepted(Credential credential, RotationReason otherwise) {
        return keys.accepts(credential) ? Outcome.done() : Outcome.rejected(otherwise);
    }
}
