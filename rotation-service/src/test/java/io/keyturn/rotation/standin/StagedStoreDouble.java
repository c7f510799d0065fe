package io.keyturn.rotation.standin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore;

import static java.util.Objects.requireNonNull;

/**
 * Double of a store with staging labels instead of a private mount: a value is put once, under a label of its run, and becomes the
 * live one when the label {@code current} moves to it. Versions are times.
 */
@ApplicationScoped
public class StagedStoreDouble implements SecretStore {
    private static final String CURRENT = "current";

    private final AtomicLong clock = new AtomicLong(1_767_225_600_000L);

    /** Secret to label to version. */
    private final Map<String, Map<String, Version>> secrets = new ConcurrentHashMap<>();

    /** Namespace to the value that was taken for an old one, once there is one. */
    private final Map<String, Optional<String>> old = new ConcurrentHashMap<>();

    /** Label of a run to how many values it was given so far. */
    private final Map<String, Integer> held = new ConcurrentHashMap<>();

    private record Version(String principal, String secret, long at) {
        Credential credential() {
            return new Credential(principal, SecretValue.copyOf(secret));
        }

        boolean holds(Credential credential) {
            try (var mine = credential()) {
                return mine.sameAs(credential);
            }
        }
    }

    /** What a person would put there. */
    public void put(RotationPolicy policy, String principal, String secret) {
        labels(policy).put(CURRENT, new Version(principal, secret, clock.addAndGet(1000)));
    }

    /** The labels of a policy's secret. */
    public List<String> labelsOf(RotationPolicy policy) {
        return labels(policy).keySet().stream().sorted().toList();
    }

    @Override
    public boolean handles(SecretRotationSpec.Store place) {
        return place.vault() == null;
    }

    @Override
    public List<Claim> claims(String field, SecretRotationSpec.Store place) {
        return List.of(new Claim(field + ".double", "store"));
    }

    @Override
    public List<Fault> faults(String field, String namespace, SecretRotationSpec.Store place) {
        return namespace.equals("forbidden")
                ? List.of(new Fault(field + ".double", "use another namespace"))
                : List.of();
    }

    @Override
    public Outcome<Optional<Versioned>> live(RotationPolicy policy) {
        return Outcome.done(Optional.ofNullable(labels(policy).get(CURRENT))
                .map(version -> new Versioned(version.credential(), version.at())));
    }

    @Override
    public Outcome<Credential> read(SecretRotationSpec.Store place) {
        return Outcome.rejected(RotationReason.ADMIN_REFUSED);
    }

    @Override
    public Outcome<Optional<Credential>> kept(RotationPolicy policy, RotationId run, Slot slot) {
        return Outcome.done(
                Optional.ofNullable(labels(policy).get(label(run, slot))).map(Version::credential));
    }

    @Override
    public Outcome<Credential> keepAfter(
            int held, RotationPolicy policy, RotationId run, Slot slot, Credential credential) {
        var labels = labels(policy);
        if (this.held.merge(label(run, slot), 0, Integer::sum) != held) {
            return Outcome.done(requireNonNull(labels.get(label(run, slot))).credential());
        }
        this.held.put(label(run, slot), held + 1);
        var current = labels.get(CURRENT);
        // The previous value is there already: it only gets a label more.
        var version = current != null && current.holds(credential) ? current : version(credential);
        labels.put(label(run, slot), version);
        return Outcome.done(version.credential());
    }

    /** From now on one value of that policy is taken for an old one: the next that is asked for. */
    public void takeForOld(RotationPolicy policy) {
        old.put(policy.namespace(), Optional.empty());
    }

    /** The value that was taken for an old one. */
    public Optional<String> takenForOld(RotationPolicy policy) {
        return old.getOrDefault(policy.namespace(), Optional.empty());
    }

    @Override
    public Outcome<Boolean> isNew(RotationPolicy policy, Credential credential) {
        boolean first = Optional.empty().equals(old.get(policy.namespace()));
        if (first) {
            old.put(policy.namespace(), Optional.of(credential.secret().useString(text -> text)));
        }
        return Outcome.done(!first);
    }

    @Override
    public Outcome<Long> promote(RotationPolicy policy, RotationId run, Credential next, long expectedVersion) {
        var labels = labels(policy);
        var current = labels.get(CURRENT);
        if (current != null && current.holds(next)) {
            return Outcome.done(current.at());
        }
        if ((current == null ? 0 : current.at()) != expectedVersion) {
            return Outcome.rejected(RotationReason.STORE_CHANGED);
        }
        var staged = labels.get(label(run, Slot.PENDING));
        var version = staged == null ? version(next) : staged;
        labels.put(CURRENT, version);
        return Outcome.done(version.at());
    }

    @Override
    public Outcome<Boolean> restore(
            RotationPolicy policy, RotationId run, Credential failed, Credential previous, long expectedVersion) {
        var labels = labels(policy);
        var current = labels.get(CURRENT);
        var before = labels.get(label(run, Slot.PREVIOUS));
        if (current != null && before != null && (current.holds(failed) || current.at() == expectedVersion)) {
            labels.put(CURRENT, version(previous));
        }
        return Outcome.done();
    }

    @Override
    public Outcome<List<RotationId>> keptRuns(RotationPolicy policy) {
        return Outcome.done(labels(policy).keySet().stream()
                .filter(label -> label.contains("/"))
                .map(label -> new RotationId(label.substring(0, label.indexOf('/'))))
                .distinct()
                .toList());
    }

    @Override
    public Outcome<Boolean> discard(RotationPolicy policy, RotationId run) {
        for (var slot : Slot.values()) {
            labels(policy).remove(label(run, slot));
            held.remove(label(run, slot));
        }
        return Outcome.done();
    }

    private Version version(Credential credential) {
        return new Version(credential.principal(), credential.secret().useString(text -> text), clock.addAndGet(1000));
    }

    private Map<String, Version> labels(RotationPolicy policy) {
        return secrets.computeIfAbsent(policy.namespace() + "/" + policy.name(), _ -> new HashMap<>());
    }

    private static String label(RotationId run, Slot slot) {
        return run + "/" + slot;
    }
}
