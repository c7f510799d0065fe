package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.persistence.PlanRows.ItemJson;
import io.keyturn.restart.reference.KeySelection;
import org.jspecify.annotations.Nullable;

/** The rows of a situation as JSON. */
final class SituationRows {
    /** Members of a JSON object; {@code wanted} is one row with the arrays {@code objects} and {@code uids}. */
    static final String MEMBERS = """
            'decision', nextval('decision'),
            'installed_at', (select installed_at from installation),
            'contents', (select coalesce(json_agg(c), '[]') from object_content c, wanted
                          where c.object = any (objects)),
            'baselines', (select coalesce(json_agg(b), '[]') from baseline b, wanted
                          where b.workload_uid = any (uids)),
            'parked', (select coalesce(json_agg(k), '[]') from parked k, wanted
                        where k.object = any (objects)),
            'begun', (select coalesce(json_agg(g), '[]') from begun g, wanted where g.workload_uid = any (uids))""";

    private SituationRows() {}

    record Wanted(Collection<String> objects, Collection<Uid> uids, Collection<String> planned) {
        static Wanted of(Collection<ObjectRef> objects, Collection<Uid> uids, Collection<ObjectRef> planned) {
            return new Wanted(keys(objects), uids, keys(planned));
        }

        private static List<String> keys(Collection<ObjectRef> objects) {
            return objects.stream().map(ObjectKey::of).toList();
        }
    }

    record ContentJson(
            String object,
            Map<KeyName, List<Fingerprint>> fingerprints,
            @Nullable PublicationId publication,
            Instant observedAt) {}

    record ParkedJson(
            String object,
            Map<KeyName, List<Fingerprint>> content,
            @Nullable PublicationId publication,
            Instant parkedAt) {}

    /** @param decision null where a version before this column has written the row: then it counts as the latest, as it did there */
    record BaselineJson(
            String workloadUid,
            String object,
            @Nullable String workload,
            String keys,
            Map<KeyName, List<Fingerprint>> content,
            @Nullable PublicationId doubt,
            @Nullable Long decision) {

        static BaselineJson of(WorkloadRef workload, InUse use, long decision) {
            return new BaselineJson(
                    workload.uid().value(),
                    ObjectKey.of(use.object()),
                    workload.toString(),
                    use.keys().text(),
                    use.content().keys(),
                    use.doubt(),
                    decision);
        }

        static List<BaselineJson> of(WorkloadRef workload, Intent intent) {
            return intent.inUse().stream()
                    .map(use -> of(workload, use, intent.decision()))
                    .toList();
        }

        InUse inUse() {
            return new InUse(ObjectKey.parse(object), KeySelection.parse(keys), new Content(content), doubt);
        }
    }

    record BegunJson(
            PlanId plan,
            StoredPlan.State state,
            @Nullable PublicationId publication,
            List<String> objects,
            ItemJson item) {
        Begun begun() {
            return new Begun(
                    plan,
                    state == StoredPlan.State.RUNNING,
                    publication,
                    objects.stream().map(ObjectKey::parse).collect(Collectors.toSet()),
                    item.item());
        }
    }

    record SituationJson(
            Instant installedAt,
            List<ContentJson> contents,
            List<BaselineJson> baselines,
            List<ParkedJson> parked,
            List<BegunJson> begun,
            long decision) {

        Situation situation() {
            var inUse = new HashMap<Uid, Map<ObjectRef, InUse>>();
            for (var row : baselines) {
                var use = row.inUse();
                inUse.computeIfAbsent(new Uid(row.workloadUid()), _ -> new HashMap<>())
                        .put(use.object(), use);
            }
            return new Situation(
                    installedAt,
                    contents.stream()
                            .collect(Collectors.toMap(
                                    c -> ObjectKey.parse(c.object()),
                                    c -> new Stated(new Content(c.fingerprints()), c.publication(), c.observedAt()))),
                    inUse,
                    parked.stream()
                            .collect(Collectors.toMap(
                                    k -> ObjectKey.parse(k.object()),
                                    k -> new Stated(new Content(k.content()), k.publication(), k.parkedAt()))),
                    begun.stream().map(BegunJson::begun).toList(),
                    decision);
        }
    }
}
