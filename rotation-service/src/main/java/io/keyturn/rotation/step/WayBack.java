package io.keyturn.rotation.step;

import java.util.function.BiFunction;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.TakingTarget;
import org.jspecify.annotations.Nullable;

/** The steps of a run that goes back: each takes away what the run may have done, and may be repeated. */
@ApplicationScoped
class WayBack {
    private final Stores stores;
    private final Consumers consumers;
    private final Values values;
    private final Publications publications;

    WayBack(Stores stores, Consumers consumers, Values values, Publications publications) {
        this.stores = stores;
        this.consumers = consumers;
        this.values = values;
        this.publications = publications;
    }

    Outcome<Input> undo(RunContext context, Command.Undo undo) {
        return switch (undo.step()) {
            case RESTORE_TARGET, RETRACT_TARGET -> revert(context);
            case RESTORE_STORE ->
                withBoth(
                        context,
                        (failed, previous) -> stores.of(context.policy())
                                .restore(
                                        context.policy(),
                                        context.run().id(),
                                        failed,
                                        previous,
                                        undo.change().baseVersion())
                                .then(done -> {
                                    context.bench().leaveTarget();
                                    return Outcome.done(done);
                                }));
            case RESTORE_PUBLICATIONS -> publications.publish(context, Slot.PREVIOUS, undo.attempt());
            case AWAIT_CONSUMERS -> consumersBack(context, undo.failed(), undo.restored());
            case DISCARD -> values.discard(context);
        };
    }

    private Outcome<Input> revert(RunContext context) {
        return context.withTarget(target -> context.withKept(
                Slot.PREVIOUS,
                previous -> context.find(Slot.PENDING)
                        .then(failed -> {
                            if (failed.isPresent()) {
                                return target.revert(failed.get(), previous);
                            }
                            return switch (target) {
                                case TakingTarget _ -> Outcome.rejected(RotationReason.STORE_CHANGED);
                                case IssuingTarget issuing ->
                                    issuing.withdraw(context.run().id(), previous);
                            };
                        })
                        .then(_ -> input(new Input.Done()))));
    }

    private Outcome<Input> consumersBack(RunContext context, @Nullable Published failed, @Nullable Published restored) {
        return restored == null
                ? input(new Input.Done())
                : consumers.back(context.policy(), failed, restored).then(pods -> input(new Input.Moved(pods)));
    }

    private Outcome<Input> withBoth(RunContext context, BiFunction<Credential, Credential, Outcome<Boolean>> act) {
        return context.withKept(
                        Slot.PENDING,
                        failed -> context.withKept(Slot.PREVIOUS, previous -> act.apply(failed, previous)))
                .then(_ -> input(new Input.Done()));
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
