package io.keyturn.rotation.standin;

import java.util.UUID;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.target.IssuingTarget;

/** Double of a target that makes its keys itself: the id is its own choice, the secret is told once. Each key bears its run. */
public final class IssuingTargetDouble extends KeyTargetDouble implements IssuingTarget {
    public IssuingTargetDouble(KeysDouble keys) {
        super(keys);
    }

    @Override
    public boolean owns(String principal) {
        return keys.valid.containsKey(principal);
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
}
