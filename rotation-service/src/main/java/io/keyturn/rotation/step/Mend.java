package io.keyturn.rotation.step;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;

/**
 * Sets the live value at its target again, where that has kept an older one: a restored volume, a role that was made anew at the
 * first start, a standby that was behind. Store and publications hold the value already and are not touched.
 */
@ApplicationScoped
class Mend {
    private final Publishers publishers;

    Mend(Publishers publishers) {
        this.publishers = publishers;
    }

    Outcome<Input> repair(RunContext context) {
        return context.withTarget(target -> context.withLive(
                RotationReason.NOTHING_TO_ADOPT,
                live -> Adoption.named(live.credential())
                        .then(_ -> target.standing(live.credential()))
                        .then(standing -> switch (standing) {
                            case ACCEPTED -> Outcome.done(false);
                            case REFUSED -> set(context, target, live.credential());
                            // Whoever has closed the door on purpose finds it closed.
                            case LOCKED -> Outcome.rejected(RotationReason.NOT_REPAIRABLE);
                        })
                        .then(changed -> Outcome.done(
                                new Input.Repaired(live.credential().principal(), live.version(), changed)))));
    }

    private Outcome<Boolean> set(RunContext context, Target target, Credential live) {
        return switch (target) {
            case TakingTarget taking
            when taking.owns(live.principal()) ->
                inUse(context, taking, live).then(_ -> taking.apply(live)).then(_ -> taking.test(live));
            case TakingTarget _, IssuingTarget _ -> Outcome.rejected(RotationReason.NOT_REPAIRABLE);
        };
    }

    /**
     * A value that lies in the store only is nobody's yet: set at the target it would lock out everybody who reads what is published.
     * Before the first rotation that may be published in a form of its own, so what can be read out of it counts too.
     */
    private Outcome<Boolean> inUse(RunContext context, Target target, Credential live) {
        return publishers
                .holds(context.policy(), live, target.attributes())
                .then(held -> held ? Outcome.done() : isReadBack(context, target, live))
                .then(inUse -> inUse ? Outcome.done() : Outcome.rejected(RotationReason.NOT_PUBLISHED));
    }

    private Outcome<Boolean> isReadBack(RunContext context, Target target, Credential live) {
        return publishers
                .readBack(context.policy(), target.attributes(), target.unnamed())
                .then(found -> {
                    if (found.isEmpty()) {
                        return Outcome.done(false);
                    }
                    try (var published = found.get()) {
                        return Outcome.done(published.sameAs(live));
                    }
                });
    }
}
