package io.keyturn.rotation.secretstore.vault;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.vault.KvV2.StoreException;

/**
 * What is noted beside a live value (custom metadata), for people and for a service whose own database has forgotten: the run that
 * wrote last, the runs whose value is in force or was, the fingerprints of those values. Whoever may read the notes of a path need not
 * be allowed to read its values. Only values that Keyturn made are noted.
 */
final class LiveNotes {
    private static final String VALUES = "last_values";
    private static final String RUNS = "last_runs";

    private final KvV2 live;

    LiveNotes(KvV2 live) {
        this.live = live;
    }

    boolean isNew(String path, SecretValue value) throws StoreException {
        return !Lately.of(live.notes(path).get(VALUES)).contain(Fingerprint.of(path, value));
    }

    boolean isOfRun(String path, RotationId run) throws StoreException {
        return Lately.of(live.notes(path).get(RUNS)).contain(run.value());
    }

    /** The run has made its value live. */
    void promoted(RotationPolicy policy, String path, RotationId run, SecretValue made) throws StoreException {
        note(policy, path, run, before -> {
            var values = Lately.of(before.get(VALUES)).and(Fingerprint.of(path, made));
            var runs = Lately.of(before.get(RUNS)).and(run.value());
            return Map.of(VALUES, values.note(), RUNS, runs.note());
        });
    }

    /** The run has taken its value back. */
    void restored(RotationPolicy policy, String path, RotationId run) throws StoreException {
        note(
                policy,
                path,
                run,
                before -> before.containsKey(RUNS)
                        ? Map.of(
                                RUNS,
                                Lately.of(before.get(RUNS)).without(run.value()).note())
                        : Map.of());
    }

    private void note(RotationPolicy policy, String path, RotationId run, UnaryOperator<Map<String, String>> noticed)
            throws StoreException {
        try {
            var notes = new HashMap<>(noticed.apply(live.notes(path)));
            notes.put("rotation_id", run.value());
            notes.put("managed_by", "keyturn");
            live.annotate(path, notes);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.UNAVAILABLE) {
                throw e;
            }
            // The value is written. Without its notes one value more may be made again, and a run that is lost is done
            // once more.
            RotationLog.LOG.noteMissing(
                    run, policy.namespace() + "/" + policy.name(), e.kind().name());
        }
    }
}
