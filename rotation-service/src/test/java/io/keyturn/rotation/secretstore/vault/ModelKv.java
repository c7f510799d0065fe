package io.keyturn.rotation.secretstore.vault;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.NoAnswer;

import static java.util.Objects.requireNonNull;

/** A KV version 2 mount in memory: compare-and-set, versions that count from 1, and from 1 again once a path was destroyed. */
public final class ModelKv implements KvV2 {
    private static final String RUNS = "last_runs";

    private final World world;
    private final String name;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> notes = new HashMap<>();
    private final Map<String, Deque<String>> standing = new HashMap<>();
    private long writes;
    private boolean writtenOver;
    private boolean careless;
    private boolean forgetful;
    private boolean backwards;
    private boolean stubborn;
    private String lost = "?";

    public ModelKv(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** The store of the service on two such mounts. */
    public static SecretStore store(ModelKv live, ModelKv pending) {
        return new VaultStore(live, pending);
    }

    /** The paths that hold something. */
    public Stream<String> paths() {
        return entries.keySet().stream();
    }

    /** All that is kept, as {@code user:password}. */
    public Stream<String> values() {
        return entries.values().stream().map(ModelKv::text);
    }

    public String at(String path) {
        var entry = entries.get(path);
        return entry == null ? "" : text(entry);
    }

    /** Of the paths that begin so, and go on with the number of a claim, the one of the latest claim; empty if there is none. */
    public String latestOf(String beginning) {
        return entries.keySet().stream()
                .filter(path -> path.startsWith(beginning))
                .max(Comparator.comparingLong(
                        path -> Long.parseLong(path.substring(beginning.length(), path.lastIndexOf('-')))))
                .orElse("");
    }

    public long versionOf(String path) {
        var entry = entries.get(path);
        return entry == null ? 0 : entry.version();
    }

    /** Somebody else writes, with a tool that looks at nothing. */
    public void put(String path, String user, String password) {
        var fields = new HashMap<String, Object>(
                entries.containsKey(path) ? entries.get(path).fields() : Map.of());
        fields.putAll(Map.of("username", user, "password", password));
        put(path, fields, versionOf(path));
    }

    /** Somebody else changes a field of his own. */
    public void note(String path, String note) {
        var fields = new HashMap<>(requireNonNull(entries.get(path)).fields());
        fields.put("note", note);
        put(path, fields, versionOf(path));
    }

    /** The field that {@link #note} changes. */
    public String noteAt(String path) {
        return String.valueOf(requireNonNull(entries.get(path)).fields().get("note"));
    }

    /** A mistake: from now on it is written whatever is there. */
    public void ignoreExpectedVersions() {
        careless = true;
    }

    /** A mistake: from now on what is written last looks as if it had been written first. */
    public void turnTimeAround() {
        backwards = true;
    }

    /** A mistake: from now on nothing is noted. */
    public void forgetNotes() {
        forgetful = true;
    }

    /** A mistake: from now on what had no answer is written again, whatever is there. */
    public void resendBlindly() {
        stubborn = true;
    }

    /** A mistake: from now on nothing is written to paths with that in them. */
    public void loseWritesTo(String part) {
        lost = part;
    }

    private static String text(Entry entry) {
        return entry.fields().get("username") + ":" + entry.fields().get("password");
    }

    /** As {@link #values()} says it. */
    public static String text(Credential credential) {
        return credential.principal() + ":" + credential.secret().useString(text -> text);
    }

    /** The values that were put in the place of another, and stayed: what was set back to the one before does not count. */
    public List<String> standing(String path) {
        return List.copyOf(standing.getOrDefault(path, new ArrayDeque<>()));
    }

    private static void stand(Deque<String> values, String next) {
        if (next.equals(values.peek())) {
            return;
        }
        var last = values.poll();
        if (last != null && !next.equals(values.peek())) {
            values.push(last);
        }
        if (!next.equals(values.peek())) {
            values.push(next);
        }
    }

    @Override
    public Optional<Entry> read(String path) throws StoreException {
        return call("read " + path, () -> {
            if (name.equals("live")) {
                // Whoever waits for the service to be about to write.
                world.turns().wakeListeners();
            }
            return Optional.ofNullable(entries.get(path));
        });
    }

    @Override
    public List<String> list(String path) throws StoreException {
        return call(
                "list " + path,
                () -> entries.keySet().stream()
                        .filter(name -> name.startsWith(path + "/"))
                        .map(name -> name.substring(path.length() + 1))
                        .map(name -> name.contains("/") ? name.substring(0, name.indexOf('/') + 1) : name)
                        .distinct()
                        .toList());
    }

    @Override
    public long write(String path, Map<String, Object> fields, long expectedVersion) throws StoreException {
        if (path.contains(lost)) {
            return 1;
        }
        long version;
        try {
            version = call("write " + path, () -> put(path, fields, careless ? versionOf(path) : expectedVersion));
        } catch (StoreException e) {
            if (!stubborn) {
                throw e;
            }
            version = call("write again " + path, () -> put(path, fields, versionOf(path)));
        }
        if (version < 0) {
            throw new StoreException(StoreException.Kind.CONFLICT);
        }
        return version;
    }

    private long put(String path, Map<String, Object> fields, long expectedVersion) {
        if (versionOf(path) != expectedVersion) {
            return -1;
        }
        var entry = new Entry(
                Map.copyOf(fields), expectedVersion + 1, Instant.ofEpochSecond(backwards ? - ++writes : ++writes));
        entries.put(path, entry);
        stand(standing.computeIfAbsent(path, _ -> new ArrayDeque<>()), text(entry));
        return expectedVersion + 1;
    }

    @Override
    public Map<String, String> notes(String path) throws StoreException {
        return call("notes of " + path, () -> Map.copyOf(notes.getOrDefault(path, Map.of())));
    }

    @Override
    public void annotate(String path, Map<String, String> metadata) throws StoreException {
        call("annotate " + path, () -> {
            var before = notes.computeIfAbsent(path, _ -> new HashMap<>());
            writtenOver |= metadata.containsKey(RUNS)
                    && !Lately.of(metadata.get(RUNS))
                            .words()
                            .containsAll(Lately.of(before.get(RUNS))
                                    .without(metadata.get("rotation_id") + ":")
                                    .words());
            if (!forgetful) {
                before.putAll(metadata);
            }
            return before.size();
        });
    }

    /** Whether runs are remembered no more because of one who stood still between reading the notes and writing them. */
    public boolean isForgetful() {
        return writtenOver;
    }

    @Override
    public boolean allows(String part, String path, String... capabilities) {
        return true;
    }

    @Override
    public void destroy(String path) throws StoreException {
        call("destroy " + path, () -> entries.remove(path) != null);
    }

    private <T> T call(String what, Supplier<T> effect) throws StoreException {
        try {
            return world.call("vault " + name + " " + what, effect);
        } catch (NoAnswer e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE);
        }
    }
}
