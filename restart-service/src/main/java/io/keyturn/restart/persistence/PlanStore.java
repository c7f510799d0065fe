package io.keyturn.restart.persistence;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.PlanRows.PlanJson;
import io.keyturn.restart.persistence.SituationRows.BaselineJson;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Running plans as their driver sees them. Every change first holds the plan: it must run, and be ours. */
@ApplicationScoped
public class PlanStore {
    private static final String CLAIM = """
            with mine as (
                update plan set owner = r.owner, owned_until = now() + make_interval(secs => r.seconds)
                  from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(owner text, seconds float)
                 where plan.id in (select id from plan where state = 'RUNNING' and owned_until < now()
                                    order by started_at limit 20 for update skip locked)
                returning plan.*)
            select cast(PLAN_JSON as text) from mine p
            """.replace("PLAN_JSON", PlanRows.PLAN_JSON);

    private static final String HOLD = """
            update plan set owned_until = now() + make_interval(secs => r.seconds)
              from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(id text, owner text, seconds float)
             where plan.id = r.id and plan.owner = r.owner and plan.state = 'RUNNING'
            """;

    private static final String RELEASE = """
            update plan set owned_until = now() from (select cast(cast($1 as text) as jsonb) #>> '{}' as name) me
             where (owner = me.name or starts_with(owner, me.name || '/')) and state = 'RUNNING'
            """;

    /**
     * Everything a step records, in one round trip, if the plan still runs and is ours. What was intended to be in use becomes
     * the baseline where the patch has arrived; the content of a plan that failed is parked.
     */
    private static final String RECORD = Sql.compact("""
            with doc as materialized (
                    select * from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(id text, owner text, seconds float,
                           settled jsonb, patched jsonb, intended jsonb, state text, reason text, workload text)),
                 held as (
                    update plan set owned_until = now() + make_interval(secs => doc.seconds),
                           state = coalesce(doc.state, plan.state), reason = doc.reason, failed_workload = doc.workload,
                           finished_at = case when doc.state is not null then now() end
                      from doc where plan.id = doc.id and plan.owner = doc.owner and plan.state = 'RUNNING'
                    returning plan.id),
                 settled as (
                    update plan_item i set state = r.state
                      from held, doc, jsonb_to_recordset(doc.settled) as r(uid text, state text)
                     where i.plan_id = held.id and i.workload_uid = r.uid),
                 intended as (
                    update plan_item i set state = 'PATCHING', hash = r.hash, in_use = r.in_use
                      from held, doc, jsonb_to_recordset(doc.intended) as r(uid text, hash text, in_use jsonb)
                     where i.plan_id = held.id and i.workload_uid = r.uid),
                 patched as (
                    update plan_item i set state = 'PATCHED', generation = r.generation
                      from held, doc, jsonb_to_recordset(doc.patched) as r(uid text, generation bigint)
                     where i.plan_id = held.id and i.workload_uid = r.uid
                    returning i.in_use),
                 used as (USED),
                 parked as (
                    insert into parked (object, content, publication)
                    select object, content, publication
                      from held, doc, plan_object o where o.plan_id = held.id and doc.state = 'FAILED'
                    on conflict (object) do update
                       set content = excluded.content, publication = excluded.publication, parked_at = now())
            select cast(count(*) as text) from held
            """.replace(
            "USED", BaselineStore.adopt("patched, jsonb_populate_recordset(cast(null as baseline), patched.in_use)")));

    private static final String LIST = """
            with i as (select * from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(namespace text, rows int)),
                 p as (select plan.* from plan, i where plan.namespace = i.namespace
                        order by (plan.state = 'RUNNING') desc, plan.started_at desc limit (select rows from i))
            select cast(PLAN_JSON as text) from p order by (p.state = 'RUNNING') desc, p.started_at desc
            """.replace("PLAN_JSON", PlanRows.PLAN_JSON);

    private static final String PRUNE = """
            delete from plan where state <> 'RUNNING'
               and finished_at < now() - make_interval(secs => cast(cast($1 as text) as float))
            """;

    /** How long a plan stays with its owner without a sign of life. */
    public static final Duration OWNED = Duration.ofSeconds(15);

    private record Owner(String owner, double seconds) {}

    private record Held(PlanId id, String owner, double seconds) {}

    private record SettledJson(Uid uid, ItemState state) {}

    private record IntentJson(Uid uid, String hash, List<BaselineJson> inUse) {}

    private record PatchedJson(Uid uid, long generation) {}

    private record StepJson(
            PlanId id,
            String owner,
            double seconds,
            List<SettledJson> settled,
            List<PatchedJson> patched,
            List<IntentJson> intended,
            StoredPlan.@Nullable State state,
            @Nullable RestartReason reason,
            @Nullable String workload) {}

    /**
     * What one step of a plan came to; each workload is in one of the maps at most.
     *
     * @param settled workloads that reached their last state, or wait again since their patch was refused
     * @param patched workloads whose patch has arrived, with the generation it led to
     * @param intended patches that are sent next
     * @param end null while the plan goes on
     * @param failed why, and because of which workload; null unless it failed
     */
    public record Step(
            Map<Uid, ItemState> settled,
            Map<Uid, Long> patched,
            Map<WorkloadRef, Intent> intended,
            StoredPlan.@Nullable State end,
            PlanProgress.@Nullable Failed failed) {}

    private record Listed(String namespace, int rows) {}

    /**
     * Takes over plans whose owner has been silent for too long. Each time they get another owner: should they come back to this instance, what it
     * knew of them before is old.
     */
    public Uni<List<StoredPlan>> claimAbandoned(Work work, String instance) {
        var owner = instance + "/" + UUID.randomUUID();
        return Sql.rows(work.session(), CLAIM, new Owner(owner, seconds()), PlanJson.class)
                .map(rows -> rows.stream().map(PlanJson::plan).toList());
    }

    /** Lets others take over at once. */
    public Uni<Void> release(Work work, String instance) {
        return Sql.change(work.session(), RELEASE, instance).replaceWithVoid();
    }

    /** Locks the plan and stays its owner. False: it was superseded, has ended or belongs to another instance now. */
    public Uni<Boolean> hold(Work work, PlanId plan, String owner) {
        return Sql.change(work.session(), HOLD, new Held(plan, owner, seconds()))
                .map(rows -> rows == 1);
    }

    /** Records a step. False, and nothing was written: the plan was superseded, has ended or belongs to another instance now. */
    public Uni<Boolean> record(Work work, PlanId plan, String owner, Step step) {
        var failed = step.failed();
        var json = new StepJson(
                plan,
                owner,
                seconds(),
                list(step.settled(), SettledJson::new),
                list(step.patched(), PatchedJson::new),
                list(
                        step.intended(),
                        (workload, intent) ->
                                new IntentJson(workload.uid(), intent.hash(), BaselineJson.of(workload, intent))),
                step.end(),
                failed == null ? null : failed.reason(),
                failed == null ? null : failed.workload().toString());
        return Sql.read(work.session(), RECORD, json, Integer.class).map(rows -> rows == 1);
    }

    private static <K, V, T> List<T> list(Map<K, V> map, BiFunction<K, V, T> row) {
        return map.entrySet().stream()
                .map(e -> row.apply(e.getKey(), e.getValue()))
                .toList();
    }

    /** Running plans of a namespace, then the latest others. */
    public Uni<List<StoredPlan>> list(Work work, String namespace, int limit) {
        return Sql.rows(work.session(), LIST, new Listed(namespace, limit), PlanJson.class)
                .map(rows -> rows.stream().map(PlanJson::plan).toList());
    }

    /** Deletes finished plans that are older. */
    public Uni<Integer> prune(Work work, Duration age) {
        return Sql.change(work.session(), PRUNE, age.toSeconds());
    }

    private static double seconds() {
        return OWNED.toMillis() / 1000.0;
    }
}
