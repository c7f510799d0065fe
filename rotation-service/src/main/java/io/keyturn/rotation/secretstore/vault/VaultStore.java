package io.keyturn.rotation.secretstore.vault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.RotationConfig;
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
 * a run in a mount of their own, at {@code <namespace>/<name>/<run>/<slot>-<claim>-<draw>}, because in KV v2 whatever is written becomes
 * the newest version at once. No name is written twice: a path can be deleted under no condition, so what lies there is all that
 * whoever has seen it can delete.
 */
@ApplicationScoped
class VaultStore implements SecretStore {
    private static final String PRINCIPAL = "username";
    private static final String SECRET = "password";
    /** How often what a run keeps is looked for anew, where it changes meanwhile. */
    private static final int LOOKS = 3;

    /** Stands for any. */
    private static final RotationId NO_RUN = new RotationId("none");

    /** The folder of a run, as a list names it. */
    private static final Pattern RUN = Pattern.compile("^([a-z0-9]{1,40})/$");

    private final KvV2 live;
    private final KvV2 pending;
    private final LiveNotes notes;

    @Inject
    VaultStore(VaultClient client, RotationConfig config) {
        this(
                new VaultKv(client, config.vault().mount()),
                new VaultKv(client, config.vault().pendingMount()));
    }

    VaultStore(KvV2 live, KvV2 pending) {
        this.live = live;
        this.pending = pending;
        this.notes = new LiveNotes(live);
    }

    /** What a kept value is called within the folder of its run. */
    private record Name(Slot slot, long claim, int draw) {
        private static final Pattern FORM = Pattern.compile("^(pending|previous)(?:-([0-9]{1,18})-([0-9]{1,9}))?$");

        /** Empty for what is not ours. */
        static Optional<Name> of(String name) {
            return FORM.matcher(name).results().map(Name::of).findFirst();
        }

        /** Earlier versions named the slot only. */
        private static Name of(MatchResult parts) {
            var slot = Slot.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
            return parts.group(2) == null
                    ? new Name(slot, 0, 1)
                    : new Name(slot, Long.parseLong(parts.group(2)), Integer.parseInt(parts.group(3)));
        }

        @Override
        public String toString() {
            var name = slot.name().toLowerCase(Locale.ROOT);
            return claim == 0 ? name : name + "-" + claim + "-" + draw;
        }
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

    /** The notes may be missing, but not unreadable. */
    @Override
    public Outcome<Boolean> permits(RotationPolicy policy) {
        return attempt(() -> {
            var path = path(policy);
            var folder = path(policy, NO_RUN);
            var kept = folder + "/" + new Name(Slot.PENDING, 1, 1);
            boolean imported = live.read(path).isEmpty();
            return (!imported || live.allows("data", path, "create"))
                            && live.allows("data", path, "update")
                            && live.allows("metadata", path, "read")
                            && pending.allows("data", kept, "create", "read")
                            && pending.allows("metadata", folder, "list")
                            && pending.allows("metadata", kept, "delete")
                    ? Outcome.done()
                    : Outcome.rejected(RotationReason.STORE_REFUSED);
        });
    }

    /** Who goes on with the run under another claim may be keeping its values anew just now, and delete what is listed before it is read. */
    @Override
    public Outcome<Map<Slot, Kept>> kept(RotationPolicy policy, RotationId run) {
        return attempt(() -> {
            var names = lastDrawn(policy, run);
            for (int look = 0; look < LOOKS; look++) {
                var read = new ArrayList<Found>();
                try {
                    for (var name : names) {
                        find(policy, run, name).ifPresent(read::add);
                    }
                    var now = read.size() == names.size() ? names : lastDrawn(policy, run);
                    if (now.equals(names)) {
                        return Outcome.done(firstOfEach(read));
                    }
                    names = now;
                } finally {
                    read.forEach(Found::close);
                }
            }
            return Outcome.unavailable(RotationReason.CONFLICT);
        });
    }

    /** What was found under a name. */
    private record Found(Name name, Credential credential, Instant at) implements AutoCloseable {
        Kept kept(long claim) {
            return new Kept(credential.copy(), claim, name.draw());
        }

        @Override
        public void close() {
            credential.close();
        }
    }

    /** The names of each slot, but for those that were drawn before others. */
    private List<Name> lastDrawn(RotationPolicy policy, RotationId run) throws StoreException {
        var names = pending.list(path(policy, run)).stream()
                .flatMap(name -> Name.of(name).stream())
                .toList();
        return names.stream()
                .filter(name ->
                        names.stream().noneMatch(other -> other.slot() == name.slot() && other.draw() > name.draw()))
                .toList();
    }

    /** Of different values the one that was kept first counts: only who has seen no other may have told a target of his. */
    private static Map<Slot, Kept> firstOfEach(List<Found> found) {
        var kept = new EnumMap<Slot, Kept>(Slot.class);
        for (var slot : Slot.values()) {
            var values = found.stream().filter(value -> value.name().slot() == slot);
            values.min(Comparator.comparing(Found::at))
                    .ifPresent(first -> kept.put(slot, first.kept(latestClaim(found, first))));
        }
        return kept;
    }

    private static long latestClaim(List<Found> found, Found value) {
        return found.stream()
                .filter(other -> other.name().slot() == value.name().slot()
                        && other.credential().sameAs(value.credential()))
                .mapToLong(other -> other.name().claim())
                .max()
                .orElseThrow();
    }

    private Optional<Found> find(RotationPolicy policy, RotationId run, Name name) throws StoreException {
        return pending.read(path(policy, run, name))
                .flatMap(entry -> Optional.ofNullable(credential(entry))
                        .map(credential -> new Found(name, credential, entry.at())));
    }

    @Override
    public Outcome<Kept> keep(RotationPolicy policy, RotationId run, Slot slot, Kept value) {
        return attempt(() -> {
            var name = new Name(slot, value.claim(), value.draw());
            try {
                pending.write(path(policy, run, name), fields(Map.of(), value.credential()), 0);
                return Outcome.done(new Kept(value.credential().copy(), value.claim(), value.draw()));
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CONFLICT) {
                    throw e;
                }
            }
            // What is there now is what counts: a value kept by another try is used again, never replaced.
            try (var found = find(policy, run, name).orElse(null)) {
                return found == null
                        ? Outcome.unavailable(RotationReason.STORE_UNREACHABLE)
                        : Outcome.done(found.kept(name.claim()));
            }
        });
    }

    @Override
    public Outcome<Boolean> isNew(RotationPolicy policy, Credential credential) {
        return attempt(() -> Outcome.done(notes.isNew(path(policy), credential.secret())));
    }

    @Override
    public Outcome<Boolean> isDone(RotationPolicy policy, RotationId run) {
        var path = path(policy);
        return attempt(() -> {
            var runs = notes.runs(path);
            if (!LiveNotes.mention(runs, run)) {
                return Outcome.done(false);
            }
            try (var now = live.read(path).map(VaultStore::credential).orElse(null)) {
                return Outcome.done(now != null && LiveNotes.isDone(runs, run, path, now.secret()));
            }
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
            return Outcome.done(now.get().version());
        }
        if (now.map(Entry::version).orElse(0L) != expectedVersion) {
            return Outcome.rejected(RotationReason.STORE_CHANGED);
        }
        if (expectedVersion == 0) {
            return Outcome.done(imported(policy, run, next));
        }
        notes.promotes(policy, path(policy), run, next.secret());
        return Outcome.done(write(policy, now, next));
    }

    /** What was not there before a person may have made. It has no notes before it is there. */
    private long imported(RotationPolicy policy, RotationId run, Credential next) throws StoreException {
        long version = write(policy, Optional.empty(), next);
        notes.written(policy, path(policy), run);
        return version;
    }

    @Override
    public Outcome<Boolean> restore(
            RotationPolicy policy, RotationId run, Credential failed, Credential previous, long expectedVersion) {
        return attempt(() -> {
            var now = live.read(path(policy));
            if (now.isEmpty() || !holds(now.get(), failed) && now.get().version() != expectedVersion) {
                return Outcome.done();
            }
            try {
                write(policy, now, previous);
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CONFLICT) {
                    throw e;
                }
                // What was written in between need not be another credential: the next try looks again.
                return Outcome.unavailable(RotationReason.CONFLICT);
            }
            notes.written(policy, path(policy), run);
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
    public Outcome<Boolean> discard(RotationPolicy policy, RotationId run, long claim) {
        return attempt(() -> {
            var folder = path(policy, run);
            for (var name : pending.list(folder)) {
                // What has another name is of no use to anybody.
                if (Name.of(name).map(Name::claim).orElse(0L) <= claim) {
                    pending.destroy(folder + "/" + name);
                }
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

    private static String path(RotationPolicy policy, RotationId run) {
        return String.join("/", policy.namespace(), policy.name(), run.value());
    }

    private static String path(RotationPolicy policy, RotationId run, Name name) {
        return path(policy, run) + "/" + name;
    }
}
