package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.plan.RestartPlan.Adoption;
import io.keyturn.restart.reference.KeySelection;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Present contents and what workloads have in use. */
@ApplicationScoped
public class BaselineStore {
    private static final String SITUATION = """
            with wanted as (select * from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(objects text[], uids text[]))
            select cast(json_build_object(
                'installed_at', (select installed_at from installation),
                'contents', (select coalesce(json_agg(c), '[]') from object_content c, wanted
                              where c.object = any (wanted.objects)),
                'baselines', (select coalesce(json_agg(b), '[]') from baseline b, wanted
                              where b.workload_uid = any (wanted.uids)),
                'parked', (select coalesce(json_agg(k), '[]') from parked k, wanted
                              where k.object = any (wanted.objects))) as text)
            """;

    private static final String ADOPT = """
            insert into baseline as kept (workload_uid, object, workload, keys, content)
            select workload_uid, object, workload, keys, content
              from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(workload_uid text, object text, workload text,
                   keys text, content jsonb)
            on conflict (workload_uid, object) do update
               set keys = excluded.keys, content = excluded.content, since = now()
            """;

    private static final String FORGET = """
            delete from baseline
             where workload_uid in (select jsonb_array_elements_text(cast(cast(:in as text) as jsonb)))
            """;

    private static final String FORGET_UNUSED = """
            delete from baseline
             using jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(workload_uid text, object text)
             where baseline.workload_uid = r.workload_uid and baseline.object = r.object
            """;

    private static final String FORGET_OTHERS = """
            delete from baseline
             where workload_uid not in (select jsonb_array_elements_text(cast(cast(:in as text) as jsonb)))
            """;

    /** An object that a workload does not read any more. */
    public record Unused(Uid workload, ObjectRef object) {}

    private record UnusedJson(Uid workloadUid, String object) {}

    private record Wanted(Collection<String> objects, Collection<String> uids) {}

    private record ContentJson(
            String object,
            Map<KeyName, List<Fingerprint>> fingerprints,
            @Nullable PublicationId publication,
            Instant observedAt) {}

    private record ParkedJson(
            String object,
            Map<KeyName, List<Fingerprint>> content,
            @Nullable PublicationId publication,
            Instant parkedAt) {}

    record BaselineJson(
            String workloadUid,
            String object,
            @Nullable String workload,
            String keys,
            Map<KeyName, List<Fingerprint>> content) {

        static BaselineJson of(WorkloadRef workload, InUse use) {
            return new BaselineJson(
                    workload.uid().value(),
                    ObjectKey.of(use.object()),
                    workload.toString(),
                    use.keys().text(),
                    use.content().keys());
        }

        InUse inUse() {
            return new InUse(ObjectKey.parse(object), KeySelection.parse(keys), new Content(content));
        }
    }

    private record SituationJson(
            Instant installedAt, List<ContentJson> contents, List<BaselineJson> baselines, List<ParkedJson> parked) {}

    /** What is known about some objects and workloads, read at one instant. */
    public record Situation(
            Instant installedAt,
            Map<ObjectRef, Stated> contents,
            Map<Uid, Map<ObjectRef, InUse>> inUse,
            Map<ObjectRef, Stated> parked) {}

    public Uni<Situation> situation(Work work, Set<ObjectRef> objects, Set<Uid> workloads) {
        var wanted = new Wanted(
                objects.stream().map(ObjectKey::of).toList(),
                workloads.stream().map(Uid::value).toList());
        return Sql.read(work.session(), SITUATION, wanted, SituationJson.class).map(BaselineStore::situation);
    }

    private static Situation situation(SituationJson json) {
        var inUse = new HashMap<Uid, Map<ObjectRef, InUse>>();
        for (var row : json.baselines()) {
            var use = row.inUse();
            inUse.computeIfAbsent(new Uid(row.workloadUid()), _ -> new HashMap<>())
                    .put(use.object(), use);
        }
        return new Situation(
                json.installedAt(),
                json.contents().stream()
                        .collect(Collectors.toMap(
                                c -> ObjectKey.parse(c.object()),
                                c -> new Stated(new Content(c.fingerprints()), c.publication(), c.observedAt()))),
                inUse,
                json.parked().stream()
                        .collect(Collectors.toMap(
                                k -> ObjectKey.parse(k.object()),
                                k -> new Stated(new Content(k.content()), k.publication(), k.parkedAt()))));
    }

    /** Remembers contents in use, over what was remembered. */
    public Uni<Void> adopt(Work work, List<Adoption> adoptions) {
        if (adoptions.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = adoptions.stream()
                .map(a -> BaselineJson.of(a.workload(), a.inUse()))
                .toList();
        return Sql.change(work.session(), ADOPT, rows).replaceWithVoid();
    }

    /** These workloads are gone; a uid never comes back. */
    public Uni<Void> forget(Work work, Set<Uid> gone) {
        return Sql.change(work.session(), FORGET, gone).replaceWithVoid();
    }

    /** A reference that is gone; should it come back it is a new one. */
    public Uni<Void> forget(Work work, List<Unused> unused) {
        if (unused.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = unused.stream()
                .map(u -> new UnusedJson(u.workload(), ObjectKey.of(u.object())))
                .toList();
        return Sql.change(work.session(), FORGET_UNUSED, rows).replaceWithVoid();
    }

    /** Only these workloads exist. Answers how many rows were forgotten. */
    public Uni<Integer> forgetOthers(Work work, Collection<Uid> present) {
        return Sql.change(work.session(), FORGET_OTHERS, present);
    }
}
