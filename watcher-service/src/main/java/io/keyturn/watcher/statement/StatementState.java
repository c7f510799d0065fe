package io.keyturn.watcher.statement;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.watcher.statement.Observation.Absent;
import io.keyturn.watcher.statement.Observation.Present;

/**
 * What the topic says about each object, and what follows from an observation: a statement if content, publication or steering
 * annotations differ from what was stated last (or the object itself is another one), nothing otherwise.
 *
 * <p>Deciding changes nothing: {@link #accepted} is called once the broker has the statement. Different objects may be handled
 * at the same time, one object by one thread at a time.
 */
public final class StatementState {
    private final Map<ObjectRef, SecretEvent> stated = new ConcurrentHashMap<>();
    private final Map<ObjectRef, Version> seen = new ConcurrentHashMap<>();
    private int incarnation = 1;
    private BigInteger highest = BigInteger.ZERO;

    private record Version(Uid uid, ResourceVersion resourceVersion, int incarnation) {}

    /** @param last the last statement about each object, as the topic has it */
    public static StatementState of(Collection<? extends SecretEvent> last) {
        var state = new StatementState();
        state.incarnation =
                last.stream().mapToInt(StatementState::incarnationOf).max().orElse(1);
        for (var event : last) {
            state.stated.put(event.about(), event);
            if (incarnationOf(event) == state.incarnation) {
                state.highest = state.highest.max(number(versionOf(event)));
            }
        }
        return state;
    }

    /** The highest version seen so far in this incarnation. */
    public synchronized BigInteger highest() {
        return highest;
    }

    /** A version the cluster has reached, as a watch event names it. */
    public synchronized void reached(ResourceVersion version) {
        highest = highest.max(number(version));
    }

    /**
     * Compares with a version that was read from the cluster after {@code highestBefore} had been seen. True when it is behind:
     * etcd was restored, and versions from here on belong to a new incarnation.
     */
    public synchronized boolean clusterIsAt(ResourceVersion now, BigInteger highestBefore) {
        var number = number(now);
        if (number.compareTo(highestBefore) < 0) {
            incarnation++;
            highest = number;
            return true;
        }
        highest = highest.max(number);
        return false;
    }

    /** The statement that is due, if any. */
    public Optional<SecretEvent> decide(Observation observation) {
        return switch (observation) {
            case Present present -> decidePresent(present);
            case Absent absent -> decideAbsent(absent);
        };
    }

    /** The broker has the statement. */
    public void accepted(SecretEvent statement) {
        stated.put(statement.about(), statement);
        switch (statement) {
            case SecretChanged changed -> saw(changed.about(), changed.uid(), changed.resourceVersion());
            case SecretDeleted deleted -> seen.remove(deleted.about());
        }
    }

    /** Nothing had to be stated about what was seen: the same version need not be looked at again. */
    public void settled(Observation observation) {
        if (observation instanceof Present present) {
            saw(present.about(), present.uid(), present.resourceVersion());
        }
    }

    /** The object is stated deleted and its key still has to be removed from the topic. */
    public boolean awaitsTombstone(ObjectRef object) {
        return stated.get(object) instanceof SecretDeleted;
    }

    /** The broker has the tombstone. */
    public void buried(ObjectRef object) {
        stated.remove(object);
    }

    /** True when this very version was looked at before, so that looking again would show nothing new. */
    public boolean knows(ObjectRef object, Uid uid, ResourceVersion version) {
        var current = new Version(uid, version, incarnation());
        if (current.equals(seen.get(object))) {
            return true;
        }
        return stated.get(object) instanceof SecretChanged last
                && current.equals(new Version(last.uid(), last.resourceVersion(), last.incarnation()));
    }

    /** The objects of a kind that something is stated about. */
    public Set<ObjectRef> objects(ObjectKind kind) {
        return stated.keySet().stream().filter(object -> object.kind() == kind).collect(Collectors.toSet());
    }

    public boolean isEmpty() {
        return stated.isEmpty();
    }

    public int size() {
        return stated.size();
    }

    /** Generations of the fingerprint master without which some statement could not be compared any more. */
    public Set<Integer> generationsReliedOn(int newest) {
        return stated.values().stream()
                .filter(SecretChanged.class::isInstance)
                .flatMap(event -> ((SecretChanged) event).fingerprints().values().stream())
                .filter(fingerprints -> fingerprints.stream().noneMatch(f -> f.keyGeneration() == newest))
                .flatMap(List::stream)
                .map(Fingerprint::keyGeneration)
                .collect(Collectors.toSet());
    }

    public synchronized int incarnation() {
        return incarnation;
    }

    private Optional<SecretEvent> decidePresent(Present now) {
        return switch (stated.get(now.about())) {
            case null -> Optional.of(changed(now));
            case SecretDeleted last ->
                isOlder(now, last.uid(), last.resourceVersion(), last.incarnation())
                        ? Optional.empty()
                        : Optional.of(changed(now));
            case SecretChanged last ->
                isOlder(now, last.uid(), last.resourceVersion(), last.incarnation()) || says(last, now)
                        ? Optional.empty()
                        : Optional.of(changed(now));
        };
    }

    /** Whatever version the deletion had, it is not above the highest seen, and above those of the object. */
    private Optional<SecretEvent> decideAbsent(Absent now) {
        return stated.get(now.about()) instanceof SecretChanged last
                ? Optional.of(new SecretDeleted(now.about(), last.uid(), version(highest()), incarnation(), now.at()))
                : Optional.empty();
    }

    private boolean isOlder(Present now, Uid uid, ResourceVersion version, int statedIn) {
        return now.uid().equals(uid)
                && statedIn == incarnation()
                && number(now.resourceVersion()).compareTo(number(version)) < 0;
    }

    private static boolean says(SecretChanged last, Present now) {
        return last.uid().equals(now.uid())
                && Objects.equals(last.publication(), now.publication())
                && last.annotations().equals(now.annotations())
                && sameContent(last.fingerprints(), now.fingerprints());
    }

    /**
     * Equal values, and stated with the newest generation already. Equal values stated with an older one only are stated again
     * with both, or nobody could compare once the older master is gone.
     */
    private static boolean sameContent(Map<KeyName, List<Fingerprint>> last, Map<KeyName, List<Fingerprint>> now) {
        return last.keySet().equals(now.keySet())
                && now.entrySet().stream()
                        .allMatch(entry ->
                                last.getOrDefault(entry.getKey(), List.of()).contains(newest(entry.getValue())));
    }

    private static Fingerprint newest(List<Fingerprint> fingerprints) {
        return Collections.max(fingerprints, Comparator.comparingInt(Fingerprint::keyGeneration));
    }

    private SecretChanged changed(Present now) {
        return new SecretChanged(
                now.about(),
                now.uid(),
                now.resourceVersion(),
                incarnation(),
                now.fingerprints(),
                now.owner(),
                now.origin(),
                now.publication(),
                now.annotations(),
                now.at());
    }

    private void saw(ObjectRef object, Uid uid, ResourceVersion version) {
        reached(version);
        seen.put(object, new Version(uid, version, incarnation()));
    }

    private static int incarnationOf(SecretEvent event) {
        return switch (event) {
            case SecretChanged changed -> changed.incarnation();
            case SecretDeleted deleted -> deleted.incarnation();
        };
    }

    private static ResourceVersion versionOf(SecretEvent event) {
        return switch (event) {
            case SecretChanged changed -> changed.resourceVersion();
            case SecretDeleted deleted -> deleted.resourceVersion();
        };
    }

    private static ResourceVersion version(BigInteger number) {
        return new ResourceVersion(number.toString());
    }

    private static BigInteger number(ResourceVersion version) {
        return new BigInteger(version.value());
    }
}
