package io.keyturn.rotation.drift;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.step.Targets;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.Target.Standing;

/** Looks how the stored credential stands with its target; changes nothing. Blocking. */
@ApplicationScoped
class StoredCredential {
    /** Whoever has claimed a run has a higher number; nothing that is called here changes what a number guards. */
    private static final long NO_CLAIM = 0;

    private final Targets targets;
    private final Stores stores;
    private final Duration pause;

    StoredCredential(Targets targets, Stores stores, RotationConfig config) {
        this.targets = targets;
        this.stores = stores;
        this.pause = config.drift().secondLook();
    }

    /** A refusal is believed when the credential, read again a moment later, is refused again: somebody may be in the middle of a change. */
    Outcome<Standing> look(RotationPolicy policy) throws InterruptedException {
        var first = once(policy);
        if (first instanceof Outcome.Done<Standing>(var standing) && standing != Standing.ACCEPTED) {
            Thread.sleep(pause);
            return once(policy);
        }
        return first;
    }

    private Outcome<Standing> once(RotationPolicy policy) {
        return targets.open(policy, NO_CLAIM).then(target -> {
            try (target) {
                return standing(policy, target);
            }
        });
    }

    private Outcome<Standing> standing(RotationPolicy policy, Target target) {
        return stores.of(policy).live(policy).then(found -> {
            if (found.isEmpty()) {
                return Outcome.rejected(RotationReason.NOTHING_TO_ADOPT);
            }
            try (var live = found.get()) {
                return target.standing(live.credential());
            }
        });
    }
}
