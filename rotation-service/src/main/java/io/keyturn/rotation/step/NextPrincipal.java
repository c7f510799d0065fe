package io.keyturn.rotation.step;

import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;

/** The principal that the next value is to be set for, where the target has two. */
public final class NextPrincipal {
    private NextPrincipal() {}

    /**
     * Rejected where a publication leads readers to it, and it lets them in: an earlier run has failed in between, or somebody has published
     * an older value again. To set another value there would shut them out until they are restarted. In an emergency whose old value dies
     * first that is meant.
     */
    public static Outcome<Boolean> isUnpublished(
            Publishers publishers, RotationPolicy policy, Target target, Credential live) {
        if (!(target instanceof TakingTarget taking)
                || target.overlap() != Overlap.BOTH_VALID
                || policy.retirement() != Retirement.AFTER_READERS) {
            return Outcome.done();
        }
        var next = taking.successorOf(live.principal());
        return publishers
                .readBackEach(policy, target.attributes(), live.principal())
                .ifRejected(List.of())
                .then(published -> {
                    try {
                        var leading = published.stream()
                                .filter(credential -> credential.principal().equals(next))
                                .toList();
                        return Goals.accepted(target, leading)
                                .then(accepted -> accepted.isPresent()
                                        ? Outcome.rejected(RotationReason.PUBLICATION_CHANGED)
                                        : Outcome.done());
                    } finally {
                        published.forEach(Credential::close);
                    }
                });
    }
}
