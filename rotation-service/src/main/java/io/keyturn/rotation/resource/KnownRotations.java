package io.keyturn.rotation.resource;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.step.Targets;

/** All SecretRotations as they were seen last, and what is wrong with each as it stands. */
@ApplicationScoped
public class KnownRotations {
    private final Targets targets;
    private final Map<String, SecretRotation> byUid = new ConcurrentHashMap<>();
    private final Rivals rivals;

    KnownRotations(Targets targets) {
        this.targets = targets;
        this.rivals =
                new Rivals(rotation -> targets.claims(rotation.getMetadata().getNamespace(), rotation.getSpec()));
    }

    void note(SecretRotation rotation) {
        byUid.put(rotation.getMetadata().getUid(), rotation);
        rivals.note(rotation);
    }

    void forget(String uid) {
        byUid.remove(uid);
        rivals.forget(uid);
    }

    Optional<SecretRotation> find(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    /** The older SecretRotation that manages the same credential, if there is one. */
    public Optional<Problem> rivalOf(SecretRotation rotation) {
        return rivals.olderThan(rotation);
    }

    /** Why this one cannot be carried out as it stands; empty if it can. */
    Optional<Problem> problemOf(SecretRotation rotation) {
        return faults(rotation).or(() -> schedule(rotation)).or(() -> rivalOf(rotation));
    }

    /** What watcher-service says about the schedule. */
    static Optional<Condition> scheduled(SecretRotation rotation) {
        return Optional.ofNullable(rotation.getStatus()).flatMap(status -> status.condition("Scheduled"));
    }

    private Optional<Problem> faults(SecretRotation rotation) {
        var result = targets.read(rotation.ref(), rotation.getMetadata().getUid(), rotation.getSpec());
        return result instanceof PolicyReader.Result.Faulty faulty
                ? Optional.of(
                        invalid(faulty.faults().stream().map(Object::toString).collect(Collectors.joining("; "))))
                : Optional.empty();
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
