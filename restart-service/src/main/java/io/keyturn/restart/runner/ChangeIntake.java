package io.keyturn.restart.runner;

import java.util.Optional;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.ContentStore;
import io.keyturn.restart.runner.PlanMaker.Change;
import io.keyturn.restart.runner.PlanMaker.Overtaken;
import io.keyturn.restart.workload.TargetLookup;
import io.keyturn.restart.workload.WorkloadIndex;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/**
 * Takes in a change, in one transaction. Where there is nothing to wait for, the plan is made in the same transaction: its first
 * patches go out right after the commit. Else, and if that fails, a trigger is left for {@link Planning}. For event loops.
 */
@ApplicationScoped
public class ChangeIntake {
    private final UnitOfWork unitOfWork;
    private final ContentStore contents;
    private final WorkloadIndex index;
    private final TargetLookup targets;
    private final Adoption adoption;
    private final PlanMaker maker;
    private final Wakeups wakeups;

    ChangeIntake(
            UnitOfWork unitOfWork,
            ContentStore contents,
            WorkloadIndex index,
            TargetLookup targets,
            Adoption adoption,
            PlanMaker maker,
            Wakeups wakeups) {
        this.unitOfWork = unitOfWork;
        this.contents = contents;
        this.index = index;
        this.targets = targets;
        this.adoption = adoption;
        this.maker = maker;
        this.wakeups = wakeups;
    }

    /** Completes when the change is on record; a second delivery changes nothing. */
    public Uni<Void> changed(EventEnvelope envelope, SecretChanged event, @Nullable String trace) {
        if (!adoption.isUpToDate()) {
            return later(envelope, event, trace);
        }
        if (event.publication() == null && !index.hasReaders(event.about())) {
            return nobodyReads(envelope, event, trace);
        }
        return change(event, trace)
                .map(change -> atOnce(envelope, event, change)
                        .onFailure(e -> !Overtaken.isBehind(e))
                        .invoke(e -> RestartLog.LOG.planningHeldUp(e.getClass().getSimpleName()))
                        .onFailure()
                        .recoverWithUni(() -> later(envelope, event, trace)))
                .orElseGet(() -> later(envelope, event, trace));
    }

    /**
     * A reader may turn up while the content is being remembered. Who adopted it then found no content to adopt; so once there is
     * one it is planned for, which adopts it. Otherwise its first change would pass for first sight.
     */
    private Uni<Void> nobodyReads(EventEnvelope envelope, SecretChanged event, @Nullable String trace) {
        return unitOfWork
                .run(work -> work.firstSightOf(envelope).chain(first -> first ? contents.observe(work, event) : no()))
                .chain(_ -> index.hasReaders(event.about())
                        ? unitOfWork
                                .run(work -> contents.raise(work, event.about(), trace))
                                .invoke(wakeups::wakePlanner)
                        : Uni.createFrom().voidItem());
    }

    /** What the plan is made from; empty if other Secrets of the publication or an answer of the API server are waited for. */
    private Optional<Change> change(SecretChanged event, @Nullable String trace) {
        var policies = index.policiesOf(event.about());
        return Planning.group(event.about(), event.publication(), policies).size() > 1
                ? Optional.empty()
                : targets.known(policies).map(pods -> new Change(event.about(), policies, pods, trace));
    }

    private Uni<Void> atOnce(EventEnvelope envelope, SecretChanged event, Change change) {
        return unitOfWork
                .run(work -> work.firstSightOf(envelope)
                        .chain(first -> first
                                ? plan(work, event, change)
                                : Uni.createFrom().item(Decision.NOTHING)))
                .invoke(decision -> {
                    maker.begin(decision);
                    if (decision.plan() == null) {
                        wakeups.wakePlanner(); // for the trigger it may have left
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Decision> plan(Work work, SecretChanged event, Change change) {
        return contents.observeLocking(work, event).chain(observed -> {
            if (!observed.newer()) {
                return Uni.createFrom().item(Decision.NOTHING);
            }
            if (!observed.locked()) {
                return contents.raise(work, event.about(), change.trace()).replaceWith(Decision.NOTHING);
            }
            var objects = Set.of(event.about());
            // Nobody else can have stated the object since: this transaction holds its content.
            return maker.scene(work, objects).chain(scene -> maker.plan(work, change, objects, scene, objects));
        });
    }

    private Uni<Void> later(EventEnvelope envelope, SecretChanged event, @Nullable String trace) {
        return unitOfWork
                .run(work -> work.firstSightOf(envelope)
                        .chain(first -> first ? contents.observe(work, event) : no())
                        .chain(newer -> newer
                                ? contents.raise(work, event.about(), trace)
                                : Uni.createFrom().voidItem()))
                .invoke(wakeups::wakePlanner);
    }

    private static Uni<Boolean> no() {
        return Uni.createFrom().item(false);
    }
}
