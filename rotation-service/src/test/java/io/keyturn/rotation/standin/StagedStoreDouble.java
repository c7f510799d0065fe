package io.keyturn.rotation.standin;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

/**
 * Double of a store with staging labels instead of a private mount: a value is put once, under a label of its run, and becomes the
 * live one when the label {@code current} moves to it. Versions are times.
 */
@ApplicationScoped
public class StagedStoreDouble implements SecretStore {
    private static final String CURRENT = "current";
    private static final Comparator<Staged> FIRST_OF_LAST_DRAWN = Comparator.comparingInt(Staged::draw)
            .reversed()
            .thenComparingLong(staged -> staged.version().at());

    private final AtomicLong clock = new AtomicLong(1_767_225_600_000L);

    /** Secret to label to version. */
    private final Map<String, Map<String, Version>> secrets = new ConcurrentHashMap<>();

    /** Namespace to the value that was taken for an old one, once there is one. */
    private final Map<String, Optional<String>> old = new ConcurrentHashMap<>();

    /** Namespaces whose secrets can be read, and no more. */
    private final Set<String> full = ConcurrentHashMap.newKeySet();

    private record Version(String principal, String secret, long at) {
        Credential credential() {
            return new Credential(principal, SecretValue.copyOf(secret));
        }

        boolean sameAs(Version other) {
            return principal.equals(other.principal) && secret.equals(other.secret);
        }

        boolean holds(Credential credential) {
            try (var mine = credential()) {
                return mine.sameAs(credential);
            }
        }
    }

    /** A label of a run, read. */
    private record Staged(long claim, int draw, Version version) {}

    /** What a person would put there. */
    public void put(RotationPolicy policy, String principal, String secret) {
        labels(policy).put(CURRENT, new Version(principal, secret, clock.addAndGet(1000)));
    }

    /** From now on nothing of that policy is kept: there is no room for it. */
    public void takeNothing(RotationPolicy policy) {
        full.add(policy.namespace());
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
    public Outcome<Map<Slot, Kept>> kept(RotationPolicy policy, RotationId run) {
        var kept = new EnumMap<Slot, Kept>(Slot.class);
        for (var slot : Slot.values()) {
            var staged = staged(policy, run, slot);
            staged.stream().min(FIRST_OF_LAST_DRAWN).ifPresent(first -> {
                long claim = staged.stream()
                        .filter(other -> other.version().sameAs(first.version()))
                        .mapToLong(Staged::claim)
                        .max()
                        .orElseThrow();
                kept.put(slot, new Kept(first.version().credential(), claim, first.draw()));
            });
        }
        return Outcome.done(kept);
    }

    private List<Staged> staged(RotationPolicy policy, RotationId run, Slot slot) {
        return labels(policy).entrySet().stream()
                .filter(label -> label.getKey().startsWith(run + "/" + slot + "/"))
                .map(label -> {
                    var parts = label.getKey().split("/", -1);
                    return new Staged(Long.parseLong(parts[2]), Integer.parseInt(parts[3]), label.getValue());
                })
                .toList();
    }

    @Override
    public Outcome<Kept> keep(RotationPolicy policy, RotationId run, Slot slot, Kept value) {
        if (full.contains(policy.namespace())) {
            return Outcome.unavailable(RotationReason.STORE_UNREACHABLE);
        }
        var labels = labels(policy);
        var current = labels.get(CURRENT);
        // The previous value is there already: it only gets a label more.
        var version = labels.computeIfAbsent(
                String.join("/", run.value(), slot.name(), String.valueOf(value.claim()), String.valueOf(value.draw())),
                _ -> current != null && current.holds(value.credential()) ? current : version(value.credential()));
        return Outcome.done(new Kept(version.credential(), value.claim(), value.draw()));
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
        var version = labels.entrySet().stream()
                .filter(staged -> staged.getKey().startsWith(run + "/")
                        && staged.getValue().holds(next))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> version(next));
        labels.put(CURRENT, version);
        return Outcome.done(version.at());
    }

    @Override
    public Outcome<Boolean> restore(
            RotationPolicy policy, RotationId run, Credential failed, Credential previous, long expectedVersion) {
        if (full.contains(policy.namespace())) {
            return Outcome.rejected(RotationReason.STORE_REFUSED);
        }
        var labels = labels(policy);
        var current = labels.get(CURRENT);
        if (current != null && (current.holds(failed) || current.at() == expectedVersion)) {
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
    public Outcome<Boolean> discard(RotationPolicy policy, RotationId run, long claim) {
        labels(policy).keySet().removeIf(label -> {
            var parts = label.split("/", -1);
            return parts[0].equals(run.value()) && Long.parseLong(parts[2]) <= claim;
        });
        return Outcome.done();
    }

    private Version version(Credential credential) {
        return new Version(credential.principal(), credential.secret().useString(text -> text), clock.addAndGet(1000));
    }

    private Map<String, Version> labels(RotationPolicy policy) {
        return secrets.computeIfAbsent(policy.namespace() + "/" + policy.name(), _ -> new HashMap<>());
    }
}
