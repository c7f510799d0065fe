package io.keyturn.rotation.saga;

import java.util.function.Function;

import io.keyturn.contract.event.RotationAdopted;
import io.keyturn.contract.event.RotationApplied;
import io.keyturn.contract.event.RotationGenerated;
import io.keyturn.contract.event.RotationPromoted;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.RotationTested;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.rotation.saga.RotationState.Applied;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.RotationState.Tested;
import io.keyturn.rotation.saga.RotationState.ValueRefused;
import io.keyturn.rotation.saga.UndoStep.Reach;

/** The first half of the way forward: from a request to a value that the target accepts and the store calls live. Nobody reads it yet. */
final class Introduction {
    private Introduction() {}

    static Decision requested(Requested state, Input input, Situation s) {
        return switch (input) {
            case Input.Adopted(var principal, var version)
            when state.purpose() == Purpose.ADOPT ->
                Decision.to(
                        new Succeeded(principal, version),
                        new RotationAdopted(s.run(), s.now(), new PrincipalName(principal), version),
                        new RotationSucceeded(s.run(), s.now(), null));
            case Input.Repaired repaired when state.purpose() == Purpose.REPAIR -> Mending.repaired(repaired, s);
            case Input.Prepared(var change)
            when state.purpose() == Purpose.ROTATE ->
                // A target that issues its credentials has not done so yet.
                change.to() == null ? Decision.to(new Generated(change)) : generated(change, 1, s);
            case Input.PreparedInVain(var change, var reason)
            when state.purpose() == Purpose.ROTATE -> Compensation.discard(change, reason);
            case Input.FoundOver(var principal, var version)
            when state.purpose() == Purpose.ROTATE ->
                Decision.to(new Succeeded(principal, version), new RotationSucceeded(s.run(), s.now(), null));
            // Much may change meanwhile: who has approved it is asked again.
            case Input.Suspended() -> Decision.anew(new Requested(state.purpose()), Interlude.LISTEN);
            case Input.ApprovalNeeded() when state.purpose() == Purpose.ROTATE -> Interlude.awaitApproval(s);
            case Input.Waiting(var reason) -> notYet(state, reason, s);
            case Input.Unavailable(var reason) -> notYet(state, reason, s);
            case Input.Rejected(var reason) -> RotationSaga.failed(reason, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    /** Since it was asked for it may have waited for its turn, which is no failure: it must have been tried for that long as well. */
    private static Decision notYet(Requested state, RotationReason reason, Situation s) {
        boolean tried = BackOff.total(s).compareTo(s.limits().step()) >= 0;
        return tried && s.past(s.since(), s.limits().step())
                ? RotationSaga.failed(reason, s)
                : Decision.again(state, BackOff.next(s));
    }

    static Decision generated(Generated state, Input input, Situation s) {
        var change = state.change();
        return switch (input) {
            case Input.Applied applied -> accepted(change, applied, state.draw(), s);
            // What a target issues itself it does not refuse.
            case Input.Rejected(var reason)
            when reason == RotationReason.TARGET_REFUSED
                    && change.to() != null
                    && state.draw() < s.limits().draws() -> Decision.to(new ValueRefused(change, state.draw()));
            case Input.Trouble trouble ->
                RotationSaga.stayOrTurnBack(state, trouble, s, s.limits().target(), back(change, Reach.TARGET));
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    static Decision valueRefused(ValueRefused state, Input input, Situation s) {
        var change = state.change();
        return switch (input) {
            case Input.Done() -> generated(change, state.draw() + 1, s);
            // It had taken the value, and only said otherwise.
            case Input.Applied applied -> accepted(change, applied, state.draw(), s);
            case Input.Trouble trouble ->
                RotationSaga.stayOrTurnBack(state, trouble, s, s.limits().step(), back(change, Reach.TARGET));
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision generated(Change change, int draw, Situation s) {
        return Decision.to(
                new Generated(change, draw),
                new RotationGenerated(s.run(), s.now(), new PrincipalName(change.successor()), draw));
    }

    private static Decision accepted(Change change, Input.Applied input, int draw, Situation s) {
        var principal = input.principal();
        return Decision.to(
                new Applied(change.known(principal).again(input.isLive()), s.now()),
                new RotationApplied(s.run(), s.now(), new PrincipalName(principal), draw));
    }

    static Decision applied(Applied state, Input input, Situation s) {
        var change = state.change();
        return switch (input) {
            case Input.Done() ->
                Decision.to(
                        new Tested(change, state.appliedAt()),
                        new RotationTested(s.run(), s.now(), new PrincipalName(change.successor())));
            case Input.Trouble trouble ->
                RotationSaga.stayOrTurnBack(state, trouble, s, s.limits().step(), back(change, Reach.TARGET));
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    static Decision tested(Tested state, Input input, Situation s) {
        return switch (input) {
            case Input.Promoted(var version) ->
                Decision.to(
                        new Promoted(state.change(), state.appliedAt(), version, 1, null),
                        new RotationPromoted(s.run(), s.now(), version));
            case Input.Trouble trouble ->
                RotationSaga.stayOrTurnBack(state, trouble, s, s.limits().step(), back(state.change(), Reach.TARGET));
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Function<RotationReason, Decision> back(Change change, Reach reach) {
        return reason -> Compensation.begin(change, reach, reason, null);
    }
}
