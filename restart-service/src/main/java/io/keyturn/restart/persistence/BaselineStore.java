package io.keyturn.restart.persistence;

import java.util.Collection;
import java.util.List;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.persistence.SituationRows.BaselineJson;
import io.keyturn.restart.persistence.SituationRows.SituationJson;
import io.keyturn.restart.persistence.SituationRows.Wanted;
import io.keyturn.restart.plan.RestartPlan.Adoption;
import io.smallrye.mutiny.Uni;

/** Present contents and what workloads have in use. */
@ApplicationScoped
public class BaselineStore {
    private static final String SITUATION = """
            with wanted as (select * from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(objects text[], uids text[]))
            select cast(json_build_object(MEMBERS) as text)
            """.replace("MEMBERS", SituationRows.MEMBERS);

    private static final String ADOPT =
            adopt("jsonb_populate_recordset(cast(null as baseline), cast(cast($1 as text) as jsonb))");

    private static final String FORGET = """
            delete from baseline
             where workload_uid in (select jsonb_array_elements_text(cast(cast($1 as text) as jsonb)))
            """;

    private static final String FORGET_UNUSED = """
            delete from baseline
             using jsonb_to_recordset(cast(cast($1 as text) as jsonb)) as r(workload_uid text, object text)
             where baseline.workload_uid = r.workload_uid and baseline.object = r.object
            """;

    private static final String FORGET_OTHERS = """
            delete from baseline
             where workload_uid not in (select jsonb_array_elements_text(cast(cast($1 as text) as jsonb)))
            """;

    /** An object that a workload does not read any more. */
    public record Unused(Uid workload, ObjectRef object) {}

    private record UnusedJson(Uid workloadUid, String object) {}

    public Uni<Situation> situation(Work work, Set<ObjectRef> objects, Set<Uid> workloads) {
        return Sql.read(work.session(), SITUATION, Wanted.of(objects, workloads, Set.of()), SituationJson.class)
                .map(SituationJson::situation);
    }

    /** A statement that remembers contents in use, over what an earlier decision remembered; the source answers such rows. */
    static String adopt(String source) {
        return """
                insert into baseline (workload_uid, object, workload, keys, content, doubt, decision)
                select workload_uid, object, workload, keys, content, doubt, coalesce(decision, nextval('decision'))
                  from SOURCE
                on conflict (workload_uid, object) do update
                   set keys = excluded.keys, content = excluded.content, doubt = excluded.doubt,
                       decision = excluded.decision, since = now()
                 where excluded.decision >= baseline.decision""".replace("SOURCE", source);
    }

    /** Remembers contents in use, over what an earlier decision remembered. */
    public Uni<Void> adopt(Work work, List<Adoption> adoptions, long decision) {
        if (adoptions.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = adoptions.stream()
                .map(a -> BaselineJson.of(a.workload(), a.inUse(), decision))
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
