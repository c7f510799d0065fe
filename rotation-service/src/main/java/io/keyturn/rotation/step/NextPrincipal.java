package io.keyturn.rotation.step;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;

/**
 * The principal that the next value is to be set for, where the target has two. To set another value there shuts out whoever has the one
 * that is in force. In an emergency whose old value dies first that is meant.
 */
@ApplicationScoped
public class NextPrincipal {
    private final Publishers publishers;
    private final Consumers consumers;
    private final OtherRuns runs;

    NextPrincipal(Publishers publishers, Consumers consumers, OtherRuns runs) {
        this.publishers = publishers;
        this.consumers = consumers;
        this.runs = runs;
    }

    /** Whether no reader has it, and none is led to it. Who is logged in as that principal the target tells. Blocking. */
    public Outcome<Boolean> isNobodys(RotationPolicy policy, Target target, Credential live) {
        if (!(target instanceof TakingTarget taking)
                || target.overlap() != Overlap.BOTH_VALID
                || policy.retirement() != Retirement.AFTER_READERS) {
            return Outcome.done();
        }
        var next = taking.successorOf(live.principal());
        return isUnpublished(policy, target, live, next).then(_ -> isHeldByNobody(policy, next));
    }

    /**
     * Rejected where a publication leads readers to it, and it lets them in: an earlier run has failed in between, or somebody has published
     * an older value again.
     */
    private Outcome<Boolean> isUnpublished(RotationPolicy policy, Target target, Credential live, String next) {
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

    /** Readers whom a failed run has not got back in time are waited for here. */
    private Outcome<Boolean> isHeldByNobody(RotationPolicy policy, String next) {
        var outcome = Outcome.done();
        for (var held : runs.held(policy.uid())) {
            if (held.principal().equals(next)) {
                outcome = outcome.then(_ -> consumers.back(policy, held.failed(), held.restored()))
                        .then(_ -> Outcome.done());
            }
        }
        return outcome;
    }
}
