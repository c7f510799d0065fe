package io.keyturn.restart.runner;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.FindingCleared;
import io.keyturn.contract.event.FindingEvent;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.LostBaselineStore;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.workload.WorkloadIndex;
import io.smallrye.mutiny.Uni;

/**
 * Says so when the record of contents in use is gone: the database remembers nothing, but pod templates bear our mark. What their
 * workloads read is adopted as it is; a finding about each object lasts until a plan for it has run to its end.
 */
@ApplicationScoped
public class LostBaselines {
    private final WorkloadIndex index;
    private final LostBaselineStore store;
    private final Transactions transactions;
    private final Clock clock;

    LostBaselines(WorkloadIndex index, LostBaselineStore store, Transactions transactions, Clock clock) {
        this.index = index;
        this.store = store;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Once the index is whole, and before anything is adopted. */
    void look() {
        var marked = index.workloads(index.uids()).stream()
                .filter(workload -> workload.content() != null)
                .flatMap(workload -> workload.references().objects().stream())
                .collect(Collectors.toSet());
        if (marked.isEmpty()) {
            return;
        }
        var raised = transactions.run(
                null,
                work -> store.isEmpty(work)
                        .chain(empty -> empty
                                ? store.raise(work, marked)
                                : Uni.createFrom().item(List.<ObjectRef>of()))
                        .chain(objects -> work.state(raised(objects)).replaceWith(objects)));
        if (!raised.isEmpty()) {
            RestartLog.LOG.baselinesLost(raised.size());
        }
    }

    /** In the transaction that ends the plan. */
    Uni<Void> completed(Work work, PlanId plan) {
        return store.clear(work, plan).chain(objects -> work.state(cleared(objects)));
    }

    /** In the transaction that forgets the object. */
    public Uni<Void> deleted(Work work, ObjectRef object) {
        return store.clear(work, object).chain(objects -> work.state(cleared(objects)));
    }

    private List<FindingEvent> raised(Collection<ObjectRef> objects) {
        return objects.stream()
                .<FindingEvent>map(
                        object -> new FindingRaised(object, id(object), FindingKind.BASELINE_LOST, clock.instant()))
                .toList();
    }

    private List<FindingEvent> cleared(Collection<ObjectRef> objects) {
        return objects.stream()
                .<FindingEvent>map(
                        object -> new FindingCleared(object, id(object), FindingKind.BASELINE_LOST, clock.instant()))
                .toList();
    }

    private static FindingId id(ObjectRef object) {
        return new FindingId(
                "baseline-lost-" + UUID.nameUUIDFromBytes(object.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
