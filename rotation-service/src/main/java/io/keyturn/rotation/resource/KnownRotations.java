package io.keyturn.rotation.resource;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.step.Targets;
import org.jspecify.annotations.Nullable;

/** All SecretRotations as they were seen last, and what is wrong with each as it stands. */
@ApplicationScoped
public class KnownRotations {
    private final Targets targets;
    private final Map<String, SecretRotation> byUid = new ConcurrentHashMap<>();
    private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private final Rivals rivals;
    private final HttpChecks checks;
    private final AtomicBoolean complete = new AtomicBoolean();

    /** What the names in the checks of a generation of the spec stood for when they were looked at. */
    private record Verdict(Long generation, Optional<Problem> problem) {}

    KnownRotations(Targets targets, HttpChecks checks) {
        this.targets = targets;
        this.checks = checks;
        this.rivals =
                new Rivals(rotation -> targets.claims(rotation.getMetadata().getNamespace(), rotation.getSpec()));
    }

    /**
     * Whether all that there are were seen once. Before, the older of two for one credential may be unknown: nothing is to begin, nor
     * to be looked at.
     */
    public boolean isComplete() {
        return complete.get();
    }

    /** All were seen. Whether that is news. */
    boolean complete() {
        return complete.compareAndSet(false, true);
    }

    void note(SecretRotation rotation) {
        var uid = rotation.getMetadata().getUid();
        byUid.put(uid, rotation);
        rivals.note(rotation);
        addresses.put(uid, targets.address(rotation.getSpec()).orElse(uid));
    }

    void forget(String uid) {
        byUid.remove(uid);
        verdicts.remove(uid);
        addresses.remove(uid);
        rivals.forget(uid);
    }

    public Optional<SecretRotation> find(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    public Collection<SecretRotation> all() {
        return List.copyOf(byUid.values());
    }

    /** What it asks for, if that can be carried out and no older one asks for the same. */
    public Optional<RotationPolicy> policyOf(SecretRotation rotation) {
        return rivalOf(rotation).isEmpty() && read(rotation) instanceof PolicyReader.Result.Usable(var policy)
                ? Optional.of(policy)
                : Optional.empty();
    }

    public boolean isKnown(String uid) {
        return byUid.containsKey(uid);
    }

    /** Whether somebody has deleted it, and it is there as long as a run of it is under way. */
    public boolean isBeingDeleted(String uid) {
        return find(uid).filter(SecretRotation::isMarkedForDeletion).isPresent();
    }

    /** Whether nothing is to begin. */
    public static boolean isSuspended(SecretRotation rotation) {
        var spec = rotation.getSpec();
        return spec != null && Boolean.TRUE.equals(spec.suspend());
    }

    /** What it says, as it was seen last; null if it is not known. */
    public @Nullable SecretRotationSpec specOf(String uid) {
        return find(uid).map(SecretRotation::getSpec).orElse(null);
    }

    /** Where its target answers; a name that no other has if that is not known. */
    public String addressOf(String uid) {
        return addresses.getOrDefault(uid, uid);
    }

    /** Those whose targets answer at one of the addresses. */
    public List<String> at(Set<String> some) {
        return addresses.entrySet().stream()
                .filter(entry -> some.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What people wrote on it, as it was seen last. */
    public Map<String, String> annotationsOf(String uid) {
        return find(uid)
                .map(rotation -> rotation.getMetadata().getAnnotations())
                .orElse(Map.of());
    }

    /** The older SecretRotation that manages the same credential, if there is one. */
    public Optional<Problem> rivalOf(SecretRotation rotation) {
        return rivals.olderThan(rotation);
    }

    /** Asks what the names in its checks stand for now. Name servers may take their time, so status goes by the last answer. */
    void lookAtChecks(SecretRotation rotation) {
        var problem = read(rotation) instanceof PolicyReader.Result.Usable(var policy)
                ? checks.forbidden(policy.checks()).map(fault -> invalid(fault.toString()))
                : Optional.<Problem>empty();
        var meta = rotation.getMetadata();
        // Looks may overtake each other, and the deletion.
        verdicts.merge(
                meta.getUid(),
                new Verdict(meta.getGeneration(), problem),
                (one, other) -> one.generation() > other.generation() ? one : other);
        if (!byUid.containsKey(meta.getUid())) {
            verdicts.remove(meta.getUid());
        }
    }

    /** Why this one cannot be carried out as it stands; empty if it can. */
    Optional<Problem> problemOf(SecretRotation rotation) {
        return faults(rotation)
                .or(() -> forbidden(rotation))
                .or(() -> schedule(rotation))
                .or(() -> rivalOf(rotation));
    }

    /** All that stands against it beside what is wrong with its own spec. */
    List<Problem> standingAgainst(SecretRotation rotation) {
        return Stream.of(schedule(rotation), rivalOf(rotation))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Problem> forbidden(SecretRotation rotation) {
        var meta = rotation.getMetadata();
        return Optional.ofNullable(verdicts.get(meta.getUid()))
                .filter(verdict -> verdict.generation().equals(meta.getGeneration()))
                .flatMap(Verdict::problem);
    }

    /** What watcher-service says about the schedule. */
    static Optional<Condition> scheduled(SecretRotation rotation) {
        return Optional.ofNullable(rotation.getStatus()).flatMap(status -> status.condition("Scheduled"));
    }

    private Optional<Problem> faults(SecretRotation rotation) {
        return read(rotation) instanceof PolicyReader.Result.Faulty(var faults)
                ? Optional.of(invalid(faults.stream().map(Object::toString).collect(Collectors.joining("; "))))
                : Optional.empty();
    }

    private PolicyReader.Result read(SecretRotation rotation) {
        return targets.read(rotation.ref(), rotation.getMetadata().getUid(), rotation.getSpec());
    }

    /** watcher-service reads schedules; what it does not understand is wrong here too. */
    private static Optional<Problem> schedule(SecretRotation rotation) {
        return scheduled(rotation)
                .filter(c -> ScheduleReason.InvalidSchedule.name().equals(c.reason()))
                .map(c -> invalid(String.valueOf(c.message())));
    }

    private static Problem invalid(String detail) {
        return new Problem(RotationReason.INVALID_SPEC, detail);
    }
}
