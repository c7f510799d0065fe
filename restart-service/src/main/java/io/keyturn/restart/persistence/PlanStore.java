package io.keyturn.restart.persistence;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.BaselineStore.BaselineJson;
import io.keyturn.restart.persistence.PlanRows.PlanJson;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Running plans as their driver sees them. Every change first holds the plan: it must run, and be ours. */
@ApplicationScoped
public class PlanStore {
    private static final String CLAIM = """
            with mine as (
                update plan set owner = r.owner, owned_until = now() + make_interval(secs => r.seconds)
                  from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(owner text, seconds float)
                 where plan.id in (select id from plan where state = 'RUNNING' and owned_until < now()
                                    order by started_at limit 20 for update skip locked)
                returning plan.*)
            select cast(PLAN_JSON as text) from mine p
            """.replace("PLAN_JSON", PlanRows.PLAN_JSON);

    private static final String HOLD = """
            update plan set owned_until = now() + make_interval(secs => r.seconds)
              from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(id text, owner text, seconds float)
             where plan.id = r.id and plan.owner = r.owner and plan.state = 'RUNNING'
            """;

    private static final String RELEASE = """
            update plan set owned_until = now() where owner = cast(cast(cast(:in as text) as jsonb) #>> '{}' as text) and state = 'RUNNING'
            """;

    private static final String SETTLE = """
            update plan_item set state = r.state
              from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(plan_id text, workload_uid text, state text)
             where plan_item.plan_id = r.plan_id and plan_item.workload_uid = r.workload_uid
            """;

    private static final String INTEND = """
            update plan_item set state = 'PATCHING', hash = r.hash, in_use = r.in_use
              from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(plan_id text, workload_uid text, hash text, in_use jsonb)
             where plan_item.plan_id = r.plan_id and plan_item.workload_uid = r.workload_uid
            """;

    private static final String PATCHED = """
            with item as (
                update plan_item i set state = 'PATCHED', generation = r.generation
                  from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(plan_id text, workload_uid text, generation bigint)
                 where i.plan_id = r.plan_id and i.workload_uid = r.workload_uid
                returning i.workload_uid, i.in_use, i.kind || ' ' || i.namespace || '/' || i.name as workload)
            insert into baseline (workload_uid, object, workload, keys, content)
            select item.workload_uid, u.object, item.workload, u.keys, u.content
              from item, jsonb_to_recordset(item.in_use) as u(object text, keys text, content jsonb)
            on conflict (workload_uid, object) do update
               set keys = excluded.keys, content = excluded.content, since = now()
            """;

    private static final String FINISH = """
            update plan set state = r.state, reason = r.reason, failed_workload = r.workload, finished_at = now()
              from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(id text, state text, reason text, workload text)
             where plan.id = r.id
            """;

    private static final String PARK = """
            insert into parked (object, content, publication)
            select object, content, publication from plan_object where plan_id = cast(cast(cast(:in as text) as jsonb) #>> '{}' as text)
            on conflict (object) do update
               set content = excluded.content, publication = excluded.publication, parked_at = now()
            """;

    private static final String LIST = """
            with i as (select * from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(namespace text, rows int)),
                 p as (select plan.* from plan, i where plan.namespace = i.namespace
                        order by (plan.state = 'RUNNING') desc, plan.started_at desc limit (select rows from i))
            select cast(PLAN_JSON as text) from p order by (p.state = 'RUNNING') desc, p.started_at desc
            """.replace("PLAN_JSON", PlanRows.PLAN_JSON);

    private static final String PRUNE = """
            delete from plan where state <> 'RUNNING'
               and finished_at < now() - make_interval(secs => cast(cast(:in as text) as float))
            """;

    /** How long a plan stays with its owner without a sign of life. */
    public static final Duration OWNED = Duration.ofSeconds(15);

    private record Owner(String owner, double seconds) {}

    private record Held(PlanId id, String owner, double seconds) {}

    private record SettledJson(PlanId planId, Uid workloadUid, ItemState state) {}

    private record IntentJson(PlanId planId, Uid workloadUid, String hash, List<BaselineJson> inUse) {}

    private record PatchedJson(PlanId planId, Uid workloadUid, long generation) {}

    private record FinishedJson(
            PlanId id,
            StoredPlan.State state,
            @Nullable RestartReason reason,
            @Nullable String workload) {}

    private record Listed(String namespace, int rows) {}

    /** Takes over plans whose owner has been silent for too long. */
    public Uni<List<StoredPlan>> claimAbandoned(Work work, String owner) {
        return Sql.rows(work.session(), CLAIM, new Owner(owner, seconds()), PlanJson.class)
                .map(rows -> rows.stream().map(PlanJson::plan).toList());
    }

    /** Lets others take over at once. */
    public Uni<Void> release(Work work, String owner) {
        return Sql.change(work.session(), RELEASE, owner).replaceWithVoid();
    }

    /** Locks the plan and stays its owner. False: it was superseded, has ended or belongs to another instance now. */
    public Uni<Boolean> hold(Work work, PlanId plan, String owner) {
        return Sql.change(work.session(), HOLD, new Held(plan, owner, seconds()))
                .map(rows -> rows == 1);
    }

    public Uni<Void> settle(Work work, PlanId plan, Map<Uid, ItemState> settled) {
        if (settled.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = settled.entrySet().stream()
                .map(e -> new SettledJson(plan, e.getKey(), e.getValue()))
                .toList();
        return Sql.change(work.session(), SETTLE, rows).replaceWithVoid();
    }

    /** Before a patch is sent. */
    public Uni<Void> intend(Work work, PlanId plan, Map<WorkloadRef, Intent> intents) {
        if (intents.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = intents.entrySet().stream()
                .map(e -> new IntentJson(
                        plan,
                        e.getKey().uid(),
                        e.getValue().hash(),
                        e.getValue().inUse().stream()
                                .map(use -> BaselineJson.of(e.getKey(), use))
                                .toList()))
                .toList();
        return Sql.change(work.session(), INTEND, rows).replaceWithVoid();
    }

    /** After patches have arrived: what was intended to be in use now is. */
    public Uni<Void> patched(Work work, PlanId plan, Map<Uid, Long> generations) {
        if (generations.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = generations.entrySet().stream()
                .map(e -> new PatchedJson(plan, e.getKey(), e.getValue()))
                .toList();
        return Sql.change(work.session(), PATCHED, rows).replaceWithVoid();
    }

    public Uni<Void> complete(Work work, PlanId plan) {
        return Sql.change(work.session(), FINISH, new FinishedJson(plan, StoredPlan.State.COMPLETED, null, null))
                .replaceWithVoid();
    }

    /** The plan stops, and its content is parked. */
    public Uni<Void> fail(Work work, PlanId plan, RestartReason reason, WorkloadRef workload) {
        return Sql.change(
                        work.session(),
                        FINISH,
                        new FinishedJson(plan, StoredPlan.State.FAILED, reason, workload.toString()))
                .chain(_ -> Sql.change(work.session(), PARK, plan))
                .replaceWithVoid();
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
