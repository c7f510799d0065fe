package io.keyturn.rotation.secretstore.vault;

import java.util.HashMap;
import java.util.Map;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.vault.KvV2.StoreException;

/**
 * What is noted beside a live value (custom metadata), for people and for a service whose own database has forgotten: the run that
 * wrote last, the last runs that have made a value live, the fingerprints of those values. Whoever may read the notes of a path need not
 * be allowed to read its values. Only values that Keyturn made are noted.
 */
final class LiveNotes {
    private static final String VALUES = "last_values";
    private static final String RUNS = "last_runs";
    /** Between a run and the fingerprint of its value. */
    private static final String OF = ":";

    private final KvV2 live;

    LiveNotes(KvV2 live) {
        this.live = live;
    }

    boolean isNew(String path, SecretValue value) throws StoreException {
        return !Lately.of(live.notes(path).get(VALUES)).contain(Fingerprint.of(path, value));
    }

    /** The last runs, newest first, each with the fingerprint of its value. */
    Lately runs(String path) throws StoreException {
        return Lately.of(live.notes(path).get(RUNS));
    }

    static boolean mention(Lately runs, RotationId run) {
        return runs.words().stream().anyMatch(word -> word.startsWith(run.value() + OF));
    }

    /** Whether the value is that of a run which they mention, or of one which came later: what was taken back is not, nor what a person has set. */
    static boolean isDone(Lately runs, RotationId run, String path, SecretValue value) {
        var fingerprint = Fingerprint.of(path, value);
        for (var word : runs.words()) {
            if (word.endsWith(OF + fingerprint)) {
                return true;
            }
            if (word.startsWith(run.value() + OF)) {
                return false;
            }
        }
        return false;
    }

    private static String word(String path, RotationId run, SecretValue value) {
        return run.value() + OF + Fingerprint.of(path, value);
    }

    /** The run is about to make its value live: were it noted afterwards, a crash in between would leave a value of nobody's. */
    void promotes(RotationPolicy policy, String path, RotationId run, SecretValue made) throws StoreException {
        note(policy, path, run, () -> {
            var before = live.notes(path);
            var values = Lately.of(before.get(VALUES)).and(Fingerprint.of(path, made));
            var runs = Lately.of(before.get(RUNS));
            var word = word(path, run, made);
            // Who comes late with what is noted already puts no later run behind it.
            if (!runs.contain(word)) {
                runs = runs.without(run.value() + OF).and(word);
            }
            return Map.of(VALUES, values.note(), RUNS, runs.note());
        });
    }

    /** The run has written a value that a person may have made. */
    void written(RotationPolicy policy, String path, RotationId run) throws StoreException {
        note(policy, path, run, Map::of);
    }

    /** What is to be noted beside the name of the run. */
    private interface More {
        Map<String, String> notes() throws StoreException;
    }

    private void note(RotationPolicy policy, String path, RotationId run, More more) throws StoreException {
        try {
            var notes = new HashMap<>(more.notes());
            notes.put("rotation_id", run.value());
            notes.put("managed_by", "keyturn");
            live.annotate(path, notes);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.UNAVAILABLE) {
                throw e;
            }
            // Without notes one value more may be made again, and a run that is lost is done once more.
            RotationLog.LOG.noteMissing(
                    run, policy.namespace() + "/" + policy.name(), e.kind().name());
        }
    }
}
