package io.keyturn.rotation.runner;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.resource.KnownRotations;
import io.keyturn.rotation.resource.Namespaces;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.RotationState.Applied;
import io.keyturn.rotation.saga.RotationState.AwaitingApproval;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Paused;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Retired;
import io.keyturn.rotation.saga.RotationState.RolledBack;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.RotationState.Tested;
import io.keyturn.rotation.saga.RotationState.ValueRefused;
import io.keyturn.rotation.saga.UndoStep;

/**
 * A namespace that is deleted takes along what its runs work with, in any order: Secrets, the rights to them, perhaps the target
 * itself. None of it comes back, and the namespace waits for the run. So what would be waited for without end is waited for no longer than
 * what is refused, and nothing is published where nobody can read it any more.
 */
@ApplicationScoped
class EndingNamespace {
    private final KnownRotations known;
    private final Namespaces namespaces;

    EndingNamespace(KnownRotations known, Namespaces namespaces) {
        this.known = known;
        this.namespaces = namespaces;
    }

    /** What trouble means for a run, given where it takes place. Blocking. */
    Input judge(Run run, Input input) {
        var there = inEnding(run.state(), input);
        return there.equals(input) || !isEnding(run) ? input : there;
    }

    private boolean isEnding(Run run) {
        boolean there = known.isKnown(run.policyUid()) && !known.isBeingDeleted(run.policyUid());
        return !there && namespaces.isEnding(run.policy().namespace());
    }

    /** What it means in a namespace that is ending. */
    static Input inEnding(RotationState state, Input input) {
        return switch (state) {
            case Compensating back -> onTheWayBack(back.remaining().getFirst(), input);
            case ConsumersMoved _, Promoted _, AwaitingConsumers _
            when state.isPastReturn() ->
                input instanceof Input.Unavailable(var reason) && mayBeGone(reason) ? new Input.Waiting(reason) : input;
            // It turns back, ends by itself, or is over.
            case Requested _,
                    AwaitingApproval _,
                    Generated _,
                    ValueRefused _,
                    Applied _,
                    Tested _,
                    ConsumersMoved _,
                    Promoted _,
                    AwaitingConsumers _,
                    Paused _,
                    Retired _,
                    Succeeded _,
                    RolledBack _,
                    Failed _ -> input;
        };
    }

    private static Input onTheWayBack(UndoStep step, Input input) {
        return switch (input) {
            case Input.Rejected(var reason) when isMissing(step, reason) -> new Input.Written(List.of());
            case Input.PartlyWritten(var copies, Input.Rejected(var reason))
            when isMissing(step, reason) -> new Input.Written(copies);
            case Input.PartlyWritten(var copies, Input.Waiting(var reason)) ->
                new Input.PartlyWritten(copies, new Input.Rejected(reason));
            case Input.Unavailable(var reason) when mayBeGone(reason) -> new Input.Rejected(reason);
            case Input.Waiting(var reason) when step == UndoStep.RESTORE_PUBLICATIONS -> new Input.Rejected(reason);
            case Input.Result _, Input.Word _, Input.Trouble _ -> input;
        };
    }

    private static boolean isMissing(UndoStep step, RotationReason reason) {
        return step == UndoStep.RESTORE_PUBLICATIONS && reason == RotationReason.PUBLICATION_REFUSED;
    }

    /** The store and the Kubernetes API are not in there: they come back. */
    private static boolean mayBeGone(RotationReason reason) {
        return reason != RotationReason.STORE_UNREACHABLE
                && reason != RotationReason.KUBERNETES_UNREACHABLE
                && reason != RotationReason.CONFLICT;
    }
}
