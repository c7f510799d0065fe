package io.keyturn.restart.persistence;

import java.math.BigInteger;
import java.util.List;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.kit.persistence.ModelWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.simulation.RestartMistake;
import io.keyturn.restart.simulation.Tables;
import io.keyturn.restart.simulation.Tables.Raised;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Present contents and triggers in the model database. */
@Vetoed
public final class ModelContents extends ContentStore {
    private final RestartMistake mistake;

    public ModelContents(RestartMistake mistake) {
        this.mistake = mistake;
    }

    @Override
    public Uni<Observed> observeLocking(Work work, SecretChanged event) {
        return Unis.of(() -> {
            var newer = remember(work, event);
            var free = mistake == RestartMistake.PLANS_SIDE_BY_SIDE
                    || ModelWork.of(work)
                            .tryLock(ModelPlanning.lock(event.about().namespace()));
            ModelWork.of(work)
                    .note("content of " + event.about().name() + (newer ? "" : " is old")
                            + (free ? "" : ", another plans"));
            return new Observed(newer, free);
        });
    }

    @Override
    public Uni<Boolean> observe(Work work, SecretChanged event) {
        return Unis.of(() -> remember(work, event));
    }

    private boolean remember(Work work, SecretChanged event) {
        return ModelWork.of(work).write(List.of("content of " + event.about()), tables -> {
            var present = tables.contents().get(event.about());
            var newer = present == null || mistake == RestartMistake.TAKES_OLD_CONTENT_IN || !isOlder(event, present);
            if (newer) {
                tables.contents().put(event.about(), event);
            }
            return newer;
        });
    }

    private static boolean isOlder(SecretChanged event, SecretChanged present) {
        return event.incarnation() < present.incarnation()
                || event.incarnation() == present.incarnation()
                        && event.uid().equals(present.uid())
                        && version(event).compareTo(version(present)) < 0;
    }

    private static BigInteger version(SecretChanged event) {
        return new BigInteger(event.resourceVersion().value());
    }

    @Override
    public Uni<Void> raise(Work work, ObjectRef object, @Nullable String traceparent) {
        return Unis.done(() -> {
            var transaction = ModelWork.of(work);
            transaction.note("leaves a trigger of " + object.name());
            var trigger = new Trigger(object, transaction.now(), traceparent, null);
            transaction.write(
                    List.of(new ModelPlanning.TriggerRow(object)),
                    (Tables tables) -> mistake == RestartMistake.LEAVES_NO_TRIGGER
                            ? null
                            : tables.triggers().put(object, new Raised(trigger, transaction.now())));
        });
    }

    @Override
    public Uni<Void> forget(Work work, SecretDeleted event) {
        throw new UnsupportedOperationException();
    }
}
