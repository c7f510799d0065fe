package io.keyturn.restart.runner;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Verdict;
import io.keyturn.restart.persistence.BaselineStore;
import io.keyturn.restart.persistence.BaselineStore.Unused;
import io.keyturn.restart.persistence.PlanningStore;
import io.keyturn.restart.persistence.Situation;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.plan.RestartPlan;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.workload.WorkloadIndex;
import io.smallrye.mutiny.Uni;

/** Remembers what new workloads and new references have in use, without rolling anybody; forgets workloads that are gone. */
@ApplicationScoped
class Adoption {
    private static final int BATCH = 500;

    private final WorkloadIndex index;
    private final Transactions transactions;
    private final BaselineStore baselines;
    private final PlanningStore planning;
    private final ConcurrentLinkedQueue<Uid> changed = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Uid> gone = new ConcurrentLinkedQueue<>();
    /** From before the index is whole until the first pass is through, and during each later one. */
    private volatile boolean running = true;

    Adoption(WorkloadIndex index, Transactions transactions, BaselineStore baselines, PlanningStore planning) {
        this.index = index;
        this.transactions = transactions;
        this.baselines = baselines;
        this.planning = planning;
    }

    void referencesChanged(Uid workload) {
        changed.add(workload);
    }

    void gone(Uid workload) {
        gone.add(workload);
    }

    /** True if every workload that the index knows has been looked at. */
    boolean isUpToDate() {
        return !running && changed.isEmpty();
    }

    /** Works off what waits; what fails stays to be tried again. True if there may be more. */
    boolean run() {
        running = true;
        var busy = adoptAndForget();
        running = false;
        return busy;
    }

    private boolean adoptAndForget() {
        var workloads = drain(changed);
        var byNamespace = index.workloads(workloads).stream()
                .collect(Collectors.groupingBy(w -> w.ref().namespace()));
        try {
            byNamespace.forEach(this::adopt);
        } catch (RuntimeException e) {
            changed.addAll(workloads);
            throw e;
        }
        var dead = drain(gone);
        if (!dead.isEmpty()) {
            try {
                transactions.run(null, work -> baselines.forget(work, dead));
            } catch (RuntimeException e) {
                gone.addAll(dead);
                throw e;
            }
        }
        return !workloads.isEmpty() || !dead.isEmpty();
    }

    private static Set<Uid> drain(ConcurrentLinkedQueue<Uid> queue) {
        var uids = new HashSet<Uid>();
        while (uids.size() < BATCH) {
            var uid = queue.poll();
            if (uid == null) {
                break;
            }
            uids.add(uid);
        }
        return uids;
    }

    private void adopt(String namespace, List<Workload> workloads) {
        transactions.run(null, work -> planning.lock(work, namespace).chain(_ -> adopt(work, workloads)));
    }

    private Uni<Void> adopt(Work work, List<Workload> workloads) {
        var objects = workloads.stream()
                .flatMap(w -> w.references().objects().stream())
                .collect(Collectors.toSet());
        var uids = workloads.stream().map(w -> w.ref().uid()).collect(Collectors.toSet());
        return baselines
                .situation(work, objects, uids)
                .chain(situation -> baselines
                        .adopt(work, adoptions(workloads, situation), situation.decision())
                        .chain(_ -> baselines.forget(work, unused(workloads, situation))));
    }

    private static List<RestartPlan.Adoption> adoptions(List<Workload> workloads, Situation situation) {
        var adoptions = new ArrayList<RestartPlan.Adoption>();
        for (var workload : workloads) {
            var last = situation.inUse().getOrDefault(workload.ref().uid(), Map.of());
            workload.references().byObject().forEach((object, keys) -> {
                var stated = situation.contents().get(object);
                if (stated == null) {
                    return;
                }
                var before = last.get(object);
                var use = InUse.adopted(before, object, keys, stated, workload.createdAt());
                // Fewer keys than before are remembered as fewer: one that is read again later is a new reference.
                var same = before != null && before.keys().equals(keys);
                if (!same && Verdict.compare(before, keys, stated) != Verdict.CHANGED) {
                    adoptions.add(new RestartPlan.Adoption(workload.ref(), use));
                }
            });
        }
        return adoptions;
    }

    private static List<Unused> unused(List<Workload> workloads, Situation situation) {
        var unused = new ArrayList<Unused>();
        for (var workload : workloads) {
            var uid = workload.ref().uid();
            Set<ObjectRef> reads = workload.references().objects();
            situation.inUse().getOrDefault(uid, Map.of()).keySet().stream()
                    .filter(object -> !reads.contains(object))
                    .forEach(object -> unused.add(new Unused(uid, object)));
        }
        return unused;
    }
}
