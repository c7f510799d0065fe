package io.keyturn.restart.simulation;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.reference.KeySelection;
import io.keyturn.restart.reference.References;
import io.keyturn.restart.rollout.Rollout.OfDeployment;
import io.keyturn.testbed.simulation.Turns;

/** A Deployment of one pod, which holds what the Secrets said when it started. */
final class ModelDeployment {
    private final WorkloadRef ref;
    private final List<ModelSecret> reads;
    private final Map<ObjectRef, Integer> held = new LinkedHashMap<>();
    private String hash = "";
    private long generation = 1;
    private Next next = Next.NOTHING;

    /** What its controller does next. */
    enum Next {
        NOTHING,
        OBSERVE,
        START_PODS,
        BECOME_HEALTHY
    }

    ModelDeployment(String name, List<ModelSecret> reads) {
        this.ref = new WorkloadRef(WorkloadKind.Deployment, "shop", name, new Uid("uid-" + name));
        this.reads = reads;
        startPods();
    }

    Uid uid() {
        return ref.uid();
    }

    String name() {
        return ref.name();
    }

    WorkloadRef ref() {
        return ref;
    }

    List<ModelSecret> reads() {
        return reads;
    }

    long generation() {
        return generation;
    }

    Next next() {
        return next;
    }

    boolean isSettled() {
        return next == Next.NOTHING;
    }

    /** The Secrets that say something else than what its pod holds. */
    List<ModelSecret> outdated() {
        return reads.stream()
                .filter(secret -> !Objects.equals(held.get(secret.ref()), secret.value()))
                .toList();
    }

    Map<ObjectRef, Integer> held() {
        return held;
    }

    boolean has(String aHash) {
        return hash.equals(aHash);
    }

    /** Whether it made a difference. */
    boolean patch(String newHash) {
        if (hash.equals(newHash)) {
            return false;
        }
        hash = newHash;
        generation++;
        next = Next.OBSERVE;
        return true;
    }

    void step() {
        next = switch (next) {
            case OBSERVE -> Next.START_PODS;
            case START_PODS -> {
                startPods();
                yield Next.BECOME_HEALTHY;
            }
            case BECOME_HEALTHY, NOTHING -> Next.NOTHING;
        };
    }

    private void startPods() {
        reads.forEach(secret -> held.put(secret.ref(), secret.value()));
    }

    /** As the API server shows it. */
    Workload seen() {
        var references = new TreeMap<ObjectRef, KeySelection>(Comparator.comparing(ObjectRef::name));
        reads.forEach(secret -> references.put(secret.ref(), KeySelection.whole()));
        return new Workload(
                ref,
                Turns.START.minusSeconds(10_000),
                Map.of(Annotations.RESTART, "true"),
                hash.isEmpty() ? Map.of() : Map.of(Annotations.CONTENT, hash),
                Map.of(),
                new References(references),
                new OfDeployment(
                        generation,
                        next == Next.OBSERVE ? generation - 1 : generation,
                        1,
                        1,
                        next == Next.START_PODS ? 0 : 1,
                        next == Next.BECOME_HEALTHY ? 0 : 1,
                        false));
    }
}
