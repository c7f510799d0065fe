package io.keyturn.restart.workload;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.reference.References;
import io.keyturn.restart.rollout.Rollout;

/** What the cluster looks like now, in memory: workloads, who reads which object, and the restart part of SecretRotations. */
@ApplicationScoped
public class WorkloadIndex {
    private final Map<Uid, Workload> workloads = new ConcurrentHashMap<>();
    private final Map<ObjectRef, Set<Uid>> readers = new ConcurrentHashMap<>();
    private final Map<ObjectRef, RotationPolicy> policies = new ConcurrentHashMap<>();

    /** Answers true if the workload is new or reads something it did not read before. Callers are serial per workload. */
    boolean put(Workload workload) {
        var uid = workload.ref().uid();
        var before = workloads.put(uid, workload);
        var old = before == null ? Set.<ObjectRef>of() : before.references().objects();
        var now = workload.references().objects();
        now.forEach(object -> readers.compute(object, (_, uids) -> {
            var set = uids == null ? ConcurrentHashMap.<Uid>newKeySet() : uids;
            set.add(uid);
            return set;
        }));
        old.stream().filter(object -> !now.contains(object)).forEach(object -> forget(object, uid));
        return before == null || !sameReferences(before.references(), workload.references());
    }

    private static boolean sameReferences(References one, References other) {
        return one.equals(other);
    }

    void remove(Uid uid) {
        var before = workloads.remove(uid);
        if (before != null) {
            before.references().objects().forEach(object -> forget(object, uid));
        }
    }

    private void forget(ObjectRef object, Uid uid) {
        readers.computeIfPresent(object, (_, uids) -> {
            uids.remove(uid);
            return uids.isEmpty() ? null : uids;
        });
    }

    void put(RotationPolicy policy) {
        policies.put(policy.ref(), policy);
    }

    void removePolicy(ObjectRef ref) {
        policies.remove(ref);
    }

    /** Every workload that reads any of the objects, once. */
    public List<Workload> readersOf(Collection<ObjectRef> objects) {
        return objects.stream()
                .flatMap(object -> readers.getOrDefault(object, Set.of()).stream())
                .distinct()
                .flatMap(uid -> stream(uid))
                .toList();
    }

    public boolean hasReaders(ObjectRef object) {
        return readers.containsKey(object);
    }

    /** The SecretRotations that publish the object, by name. */
    public List<RotationPolicy> policiesOf(ObjectRef object) {
        return policies.values().stream()
                .filter(policy -> policy.publications().contains(object))
                .sorted(Comparator.comparing(policy -> policy.ref().toString()))
                .toList();
    }

    public List<Workload> workloads(Collection<Uid> uids) {
        return uids.stream().flatMap(this::stream).toList();
    }

    public Set<Uid> uids() {
        return Set.copyOf(workloads.keySet());
    }

    /** Spec and status of those of the workloads that exist. */
    public Map<Uid, Rollout> rollouts(Collection<Uid> uids) {
        return workloads(uids).stream().collect(Collectors.toMap(w -> w.ref().uid(), Workload::rollout));
    }

    private java.util.stream.Stream<Workload> stream(Uid uid) {
        return java.util.stream.Stream.ofNullable(workloads.get(uid));
    }
}
