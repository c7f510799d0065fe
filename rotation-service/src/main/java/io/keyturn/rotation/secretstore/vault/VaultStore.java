package io.keyturn.rotation.secretstore.vault;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.rotation.secretstore.vault.KvV2.Entry;
import io.keyturn.rotation.secretstore.vault.KvV2.StoreException;
import io.quarkus.vault.client.VaultClient;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Vault or OpenBao. Live values lie at the path the user names, with fields {@code username} and {@code password}; the values of
 * a run in a mount of their own, at {@code <namespace>/<name>/<run>/<slot>}, because in KV v2 whatever is written becomes the
 * newest version at once.
 */
@ApplicationScoped
class VaultStore implements SecretStore {
    private static final String PRINCIPAL = "username";
    private static final String SECRET = "password";
    /** The note that tells the last values that were live. */
    private static final String LAST = "last_values";

    /** The folder of a run, as a list names it. */
    private static final Pattern RUN = Pattern.compile("^([a-z0-9]{1,40})/$");

    private final KvV2 live;
    private final KvV2 pending;

    @Inject
    VaultStore(VaultClient client, RotationConfig config) {
        this(
                new VaultKv(client, config.vault().mount()),
                new VaultKv(client, config.vault().pendingMount()));
    }

    VaultStore(KvV2 live, KvV2 pending) {
        this.live = live;
        this.pending = pending;
    }

    /** A step against the store whose trouble becomes an outcome. */
    private interface Step<T> {
        Outcome<T> run() throws StoreException;
    }

    @Override
    public boolean handles(SecretRotationSpec.Store place) {
        return place.vault() != null;
    }

    @Override
    public List<Claim> claims(String field, SecretRotationSpec.Store place) {
        return List.of(new Claim(
                field + ".vault.path", "vault " + requireNonNull(place.vault()).path()));
    }

    @Override
    public List<Fault> faults(String field, String namespace, SecretRotationSpec.Store place) {
        return VaultPaths.faults(
                field + ".vault.path", requireNonNull(place.vault()).path(), namespace);
    }

    @Override
    public Outcome<Optional<Versioned>> live(RotationPolicy policy) {
        return attempt(() -> {
            var entry = live.read(path(policy));
            if (entry.isEmpty()) {
                return Outcome.done(Optional.empty());
            }
            var credential = credential(entry.get());
            return credential == null
                    ? Outcome.rejected(RotationReason.NOTHING_TO_ADOPT)
                    : Outcome.done(
                            Optional.of(new Versioned(credential, entry.get().version())));
        });
    }

    @Override
    public Outcome<Credential> read(SecretRotationSpec.Store place) {
        return attempt(() -> {
            var entry = live.read(path(place));
            var credential = entry.isEmpty() ? null : credential(entry.get());
            return credential == null ? Outcome.rejected(RotationReason.ADMIN_REFUSED) : Outcome.done(credential);
        });
    }

    @Override
    public Outcome<Optional<Credential>> kept(RotationPolicy policy, RotationId run, Slot slot) {
        return attempt(() -> Outcome.done(pending.read(path(policy, run, slot)).map(VaultStore::credential)));
    }

    @Override
    public Outcome<Credential> keepAfter(
            int held, RotationPolicy policy, RotationId run, Slot slot, Credential credential) {
        return attempt(() -> {
            var path = path(policy, run, slot);
            try {
                pending.write(path, fields(Map.of(), credential), held);
                return Outcome.done(new Credential(
                        credential.principal(), credential.secret().copy()));
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CONFLICT) {
                    throw e;
                }
            }
            // What is there now is what counts: a value kept by another try is used again, never replaced.
            var kept = pending.read(path).map(VaultStore::credential);
            return kept.isPresent() ? Outcome.done(kept.get()) : Outcome.unavailable(RotationReason.STORE_UNREACHABLE);
        });
    }

    @Override
    public Outcome<Boolean> isNew(RotationPolicy policy, Credential credential) {
        var path = path(policy);
        return attempt(() -> {
            var last = LastValues.of(live.notes(path).get(LAST));
            return Outcome.done(!last.contain(LastValues.fingerprint(path, credential.secret())));
        });
    }

    @Override
    public Outcome<Long> promote(RotationPolicy policy, RotationId run, Credential next, long expectedVersion) {
        return attempt(() -> {
            try {
                return lookAndPromote(policy, run, next, expectedVersion);
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CONFLICT) {
                    throw e;
                }
                // Who wrote between look and write may be another process that drives this run, with the same value.
                return lookAndPromote(policy, run, next, expectedVersion);
            }
        });
    }

    private Outcome<Long> lookAndPromote(RotationPolicy policy, RotationId run, Credential next, long expectedVersion)
            throws StoreException {
        var now = live.read(path(policy));
        if (now.isPresent() && holds(now.get(), next)) {
            // Whoever wrote it may have died before he noted it.
            note(policy, run, next);
            return Outcome.done(now.get().version());
        }
        if (now.map(Entry::version).orElse(0L) != expectedVersion) {
            return Outcome.rejected(RotationReason.STORE_CHANGED);
        }
        long version = write(policy, now, next);
        note(policy, run, next);
        return Outcome.done(version);
    }

    @Override
    public Outcome<Boolean> restore(
            RotationPolicy policy, RotationId run, Credential failed, Credential previous, long expectedVersion) {
        return attempt(() -> {
            var now = live.read(path(policy));
            if (now.isPresent() && (holds(now.get(), failed) || now.get().version() == expectedVersion)) {
                write(policy, now, previous);
                note(policy, run, null);
            }
            return Outcome.done();
        });
    }

    @Override
    public Outcome<List<RotationId>> keptRuns(RotationPolicy policy) {
        return attempt(() -> Outcome.done(pending.list(policy.namespace() + "/" + policy.name()).stream()
                .flatMap(name -> RUN.matcher(name).results())
                .map(run -> new RotationId(run.group(1)))
                .toList()));
    }

    @Override
    public Outcome<Boolean> discard(RotationPolicy policy, RotationId run) {
        return attempt(() -> {
            for (var slot : Slot.values()) {
                pending.destroy(path(policy, run, slot));
            }
            return Outcome.done();
        });
    }

    private long write(RotationPolicy policy, Optional<Entry> now, Credential credential) throws StoreException {
        var others = now.map(Entry::fields).orElse(Map.of());
        return live.write(
                path(policy),
                fields(others, credential),
                now.map(Entry::version).orElse(0L));
    }

    /** @param made what is to be remembered; null for nothing, as where a person may have made the value */
    private void note(RotationPolicy policy, RotationId run, @Nullable Credential made) {
        var path = path(policy);
        var notes = new HashMap<String, String>();
        notes.put("rotation_id", run.value());
        notes.put("managed_by", "keyturn");
        try {
            if (made != null) {
                var last = LastValues.of(live.notes(path).get(LAST));
                notes.put(
                        LAST,
                        last.and(LastValues.fingerprint(path, made.secret())).note());
            }
            live.annotate(path, notes);
        } catch (StoreException e) {
            // The value is written, and no run depends on the notes: at worst one value more may be made again.
            RotationLog.LOG.noteMissing(
                    run, policy.namespace() + "/" + policy.name(), e.kind().name());
        }
    }

    private static <T> Outcome<T> attempt(Step<T> step) {
        try {
            return step.run();
        } catch (StoreException e) {
            return switch (e.kind()) {
                case CONFLICT -> Outcome.rejected(RotationReason.STORE_CHANGED);
                case DENIED -> Outcome.rejected(RotationReason.STORE_REFUSED);
                case UNAVAILABLE -> Outcome.unavailable(RotationReason.STORE_UNREACHABLE);
            };
        }
    }

    private static boolean holds(Entry entry, Credential credential) {
        try (var there = credential(entry)) {
            return there != null && there.sameAs(credential);
        }
    }

    private static @Nullable Credential credential(Entry entry) {
        return entry.fields().get(PRINCIPAL) instanceof String principal
                        && entry.fields().get(SECRET) instanceof String secret
                ? new Credential(principal, SecretValue.copyOf(secret))
                : null;
    }

    /** Other fields of the path stay as they are. The client takes text only. */
    private static Map<String, Object> fields(Map<String, Object> others, Credential credential) {
        var fields = new HashMap<>(others);
        fields.put(PRINCIPAL, credential.principal());
        fields.put(SECRET, credential.secret().useString(text -> text));
        return fields;
    }

    private static String path(RotationPolicy policy) {
        return path(policy.store());
    }

    private static String path(SecretRotationSpec.Store place) {
        return requireNonNull(requireNonNull(place.vault()).path());
    }

    private static String path(RotationPolicy policy, RotationId run, Slot slot) {
        return String.join(
                "/", policy.namespace(), policy.name(), run.value(), slot.name().toLowerCase(Locale.ROOT));
    }
}
