package io.keyturn.restart.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.persistence.PlanRows.ItemJson;
import io.keyturn.restart.persistence.PlanRows.PlanJson;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** The tables as the planner sees them: triggers, plans that are in the way, new plans. */
@ApplicationScoped
public class PlanningStore {
    private static final String DUE = """
            select cast(json_build_object('object', t.object, 'raised_at', t.raised_at, 'traceparent', t.traceparent,
                   'publication', c.publication) as text)
              from plan_trigger t left join object_content c on c.object = t.object
             where t.not_before <= now()
             order by t.raised_at limit cast(cast(:in as text) as int)
            """;

    private static final String LOCK =
            "select cast(pg_advisory_xact_lock(hashtextextended('plan:' || cast(:in as text), 0)) as text)";

    private static final String TAKE = """
            delete from plan_trigger where object in (select jsonb_array_elements_text(cast(cast(:in as text) as jsonb)))
            returning cast(json_build_object('object', object, 'raised_at', raised_at, 'traceparent', traceparent) as text)
            """;

    private static final String POSTPONE = """
            insert into plan_trigger (object, raised_at, not_before, traceparent)
            select object, raised_at, not_before, traceparent
              from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(object text, raised_at timestamptz,
                   not_before timestamptz, traceparent text)
            on conflict do nothing
            """;

    private static final String OVERLAPPING = """
            with over as (select distinct p.* from plan p join plan_object o on o.plan_id = p.id
                           where o.object in (select jsonb_array_elements_text(cast(cast(:in as text) as jsonb))))
            select cast(PLAN_JSON as text) from over p
             where p.state = 'RUNNING' or p.id = (select id from over order by started_at desc limit 1)
                or p.id = (select id from over where exists (select from plan_item i where i.plan_id = over.id)
                            order by started_at desc limit 1)
             order by p.started_at desc
            """.replace("PLAN_JSON", PlanRows.PLAN_JSON);

    private static final String INSERT_PLAN = """
            insert into plan (id, namespace, object, publication, state, max_parallel, unaffected, observed_at,
                   started_at, deadline, finished_at, owner, owned_until, traceparent)
            select id, namespace, object, publication, state, max_parallel, unaffected, observed_at, started_at, deadline,
                   finished_at, owner, now() + make_interval(secs => owned_seconds), traceparent
              from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(id text, namespace text, object text, publication text,
                   state text, max_parallel int, unaffected int, observed_at timestamptz, started_at timestamptz,
                   deadline timestamptz, finished_at timestamptz, owner text, owned_seconds float, traceparent text)
            """;

    private static final String INSERT_OBJECTS = """
            insert into plan_object (plan_id, object, content, publication)
            select plan_id, object, content, publication
              from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(plan_id text, object text, content jsonb, publication text)
            """;

    private static final String INSERT_ITEMS = """
            insert into plan_item (plan_id, workload_uid, kind, namespace, name, wave, state, generation)
            select plan_id, workload_uid, kind, namespace, name, wave, state, generation
              from jsonb_to_recordset(cast(cast(:in as text) as jsonb)) as r(plan_id text, workload_uid text, kind text,
                   namespace text, name text, wave int, state text, generation bigint)
            """;

    private static final String SUPERSEDE = """
            update plan set state = 'SUPERSEDED', superseded_by = r.by, finished_at = now()
              from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(ids text[], by text)
             where plan.id = any (r.ids) and plan.state = 'RUNNING'
            """;

    private record TriggerJson(
            String object,
            Instant raisedAt,
            @Nullable String traceparent,
            @Nullable PublicationId publication,
            @Nullable Instant notBefore) {
        Trigger trigger() {
            return new Trigger(ObjectKey.parse(object), raisedAt, traceparent, publication);
        }
    }

    private record Superseded(List<PlanId> ids, PlanId by) {}

    private record NewPlan(
            String id,
            String namespace,
            String object,
            @Nullable PublicationId publication,
            StoredPlan.State state,
            int maxParallel,
            int unaffected,
            Instant observedAt,
            Instant startedAt,
            Instant deadline,
            @Nullable Instant finishedAt,
            String owner,
            double ownedSeconds,
            @Nullable String traceparent) {}

    /** Triggers that may be planned for now, oldest first. */
    public Uni<List<Trigger>> due(Work work, int limit) {
        return Sql.rows(work.session(), DUE, limit, TriggerJson.class)
                .map(rows -> rows.stream().map(TriggerJson::trigger).toList());
    }

    /** One planner per namespace at a time, until the transaction ends. */
    public Uni<Void> lock(Work work, String namespace) {
        return work.session()
                .createNativeQuery(LOCK, String.class)
                .setParameter("in", namespace)
                .getResultList()
                .replaceWithVoid();
    }

    /** Takes the triggers that are still there; what changes after this raises a new one. */
    public Uni<List<Trigger>> take(Work work, Collection<ObjectRef> objects) {
        return Sql.rows(work.session(), TAKE, keys(objects), TriggerJson.class)
                .map(rows -> rows.stream().map(TriggerJson::trigger).toList());
    }

    /** Puts triggers back, to be looked at again at that time or when one of them is raised anew. */
    public Uni<Void> postpone(Work work, List<Trigger> triggers, Instant notBefore) {
        var rows = triggers.stream()
                .map(t -> new TriggerJson(ObjectKey.of(t.object()), t.raisedAt(), t.traceparent(), null, notBefore))
                .toList();
        return Sql.change(work.session(), POSTPONE, rows).replaceWithVoid();
    }

    /** The running plans for any of these objects, the latest one, and the latest that rolled anybody; newest first. */
    public Uni<List<StoredPlan>> overlapping(Work work, Collection<ObjectRef> objects) {
        return Sql.rows(work.session(), OVERLAPPING, keys(objects), PlanJson.class)
                .map(rows -> rows.stream().map(PlanJson::plan).toList());
    }

    /**
     * Keeps a new plan.
     *
     * @param owner drives the plan for the given time unless it says so again
     */
    public Uni<Void> insert(Work work, StoredPlan plan, String owner, Duration owned) {
        var json = PlanJson.of(plan);
        var row = new NewPlan(
                json.id(),
                json.namespace(),
                json.object(),
                json.publication(),
                json.state(),
                json.maxParallel(),
                json.unaffected(),
                json.observedAt(),
                json.startedAt(),
                json.deadline(),
                json.finishedAt(),
                owner,
                owned.toMillis() / 1000.0,
                json.traceparent());
        return Sql.change(work.session(), INSERT_PLAN, row)
                .chain(_ -> Sql.change(work.session(), INSERT_OBJECTS, json.objects()))
                .chain(_ -> insertItems(work, json.items()));
    }

    private static Uni<Void> insertItems(Work work, List<ItemJson> items) {
        return items.isEmpty()
                ? Uni.createFrom().voidItem()
                : Sql.change(work.session(), INSERT_ITEMS, items).replaceWithVoid();
    }

    public Uni<Void> supersede(Work work, List<PlanId> plans, PlanId by) {
        return plans.isEmpty()
                ? Uni.createFrom().voidItem()
                : Sql.change(work.session(), SUPERSEDE, new Superseded(plans, by))
                        .replaceWithVoid();
    }

    private static List<String> keys(Collection<ObjectRef> objects) {
        return objects.stream().map(ObjectKey::of).toList();
    }
}
