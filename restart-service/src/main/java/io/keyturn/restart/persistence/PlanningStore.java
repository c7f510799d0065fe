package io.keyturn.restart.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.persistence.NativeSql;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.persistence.PlanRows.ItemJson;
import io.keyturn.restart.persistence.PlanRows.PlanJson;
import io.keyturn.restart.persistence.SituationRows.BaselineJson;
import io.keyturn.restart.persistence.SituationRows.SituationJson;
import io.keyturn.restart.persistence.SituationRows.Wanted;
import io.keyturn.restart.plan.RestartPlan.Adoption;
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
             order by t.raised_at limit cast(cast($1 as text) as int)
            """;

    private static final String LOCK =
            "select cast(pg_advisory_xact_lock(hashtextextended('plan:' || cast($1 as text), 0)) as text)";

    private static final String TAKE = """
            delete from plan_trigger where object in (select jsonb_array_elements_text(cast(cast($1 as text) as jsonb)))
            returning cast(json_build_object('object', object, 'raised_at', raised_at, 'traceparent', traceparent) as text)
            """;

    private static final String POSTPONE = """
            insert into plan_trigger (object, raised_at, not_before, traceparent)
            select object, raised_at, not_before, traceparent
              from jsonb_to_recordset(cast(cast($1 as text) as jsonb)) as r(object text, raised_at timestamptz,
                   not_before timestamptz, traceparent text)
            on conflict do nothing
            """;

    /** The situation, and what earlier plans have to say, in one round trip. */
    private static final String SCENE =
            Sql.compact("""
            with wanted as (select * from jsonb_to_record(cast(cast($1 as text) as jsonb))
                                as r(objects text[], uids text[], planned text[])),
                 over as materialized (
                    select o.object, p.id, p.state, p.decision, p.started_at
                      from wanted join plan_object o on o.object = any (wanted.planned) join plan p on p.id = o.plan_id),
                 way as (
                    select id from over where state = 'RUNNING'
                     union (select distinct on (object) id from over order by object, decision desc, started_at desc))
            select cast(json_build_object('plans', (select coalesce(json_agg(PLAN_JSON order by p.decision desc, p.started_at desc), '[]')
                                                      from plan p where p.id in (select id from way)),
                   'situation', json_build_object(MEMBERS)) as text)
            """.replace("PLAN_JSON", PlanRows.PLAN_JSON).replace("MEMBERS", SituationRows.MEMBERS));

    /** All that planning decides, in one round trip. */
    private static final String WRITE = Sql.compact("""
            with d as materialized (
                    select * from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(plan jsonb, items jsonb,
                           superseded jsonb, adopted jsonb, answered jsonb, owner text, seconds float)),
                 old as (
                    update plan set state = 'SUPERSEDED', superseded_by = d.plan ->> 'id', finished_at = now() from d
                     where plan.state = 'RUNNING' and plan.owned_until = cast(d.superseded ->> plan.id as timestamptz)
                    returning plan.id),
                 new as (
                    insert into plan (id, namespace, object, publication, state, max_parallel, unaffected, observed_at,
                           started_at, decision, deadline, finished_at, owner, owned_until, traceparent)
                    select id, namespace, object, publication, state, max_parallel, unaffected, observed_at,
                           started_at, decision, deadline, finished_at, d.owner,
                           now() + make_interval(secs => d.seconds), traceparent
                      from d, jsonb_populate_record(cast(null as plan), d.plan) where id is not null),
                 objects as (
                    insert into plan_object (plan_id, object, content, publication)
                    select plan_id, object, content, publication
                      from d, jsonb_populate_recordset(cast(null as plan_object), d.plan -> 'objects')),
                 items as (
                    insert into plan_item (plan_id, workload_uid, kind, namespace, name, wave, state, generation, hash, in_use, in_doubt)
                    select plan_id, workload_uid, kind, namespace, name, wave, state, generation, hash, in_use, in_doubt
                      from d, jsonb_populate_recordset(cast(null as plan_item), d.items)),
                 adopted as (ADOPT),
                 answered as (
                    delete from plan_trigger using d where object in (select jsonb_array_elements_text(d.answered)))
            select cast(count(*) as text) from old
            """.replace(
                    "ADOPT", BaselineStore.adopt("d, jsonb_populate_recordset(cast(null as baseline), d.adopted)")));

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

    private record SceneJson(List<PlanJson> plans, SituationJson situation) {}

    private record Document(
            @Nullable PlanJson plan,
            List<ItemJson> items,
            Map<String, Instant> superseded,
            List<BaselineJson> adopted,
            List<String> answered,
            String owner,
            double seconds) {}

    /**
     * What planning has to know.
     *
     * @param earlier the running plans for the objects, and the latest for each of them; newest first
     */
    public record Scene(List<StoredPlan> earlier, Situation situation) {}

    /**
     * What planning has decided.
     *
     * @param answered objects whose triggers are done with
     * @param decision number of the reading it was decided from
     */
    public record Planned(
            @Nullable StoredPlan plan,
            List<StoredPlan> superseded,
            List<Adoption> adoptions,
            Set<ObjectRef> answered,
            long decision) {}

    /** Triggers that may be planned for now, oldest first. */
    public Uni<List<Trigger>> due(Work work, int limit) {
        return Sql.rows(work.session(), DUE, limit, TriggerJson.class)
                .map(rows -> rows.stream().map(TriggerJson::trigger).toList());
    }

    /** One planner per namespace at a time, until the transaction ends. */
    public Uni<Void> lock(Work work, String namespace) {
        return NativeSql.text(work.session(), LOCK, namespace).replaceWithVoid();
    }

    /** Takes the triggers that are still there; what changes after this raises a new one. */
    public Uni<List<Trigger>> take(Work work, Collection<ObjectRef> objects) {
        return Sql.rows(work.session(), TAKE, keys(objects), TriggerJson.class)
                .map(rows -> rows.stream().map(TriggerJson::trigger).toList());
    }

    /** Puts triggers back, to be looked at again at that time or when one of them is raised anew. */
    public Uni<Void> postpone(Work work, List<Trigger> triggers, Instant notBefore) {
        if (triggers.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = triggers.stream()
                .map(t -> new TriggerJson(ObjectKey.of(t.object()), t.raisedAt(), t.traceparent(), null, notBefore))
                .toList();
        return Sql.change(work.session(), POSTPONE, rows).replaceWithVoid();
    }

    /**
     * Reads at one instant.
     *
     * @param planned the objects whose earlier plans matter
     */
    public Uni<Scene> scene(Work work, Set<ObjectRef> planned, Set<ObjectRef> objects, Set<Uid> workloads) {
        return Sql.read(work.session(), SCENE, Wanted.of(objects, workloads, planned), SceneJson.class)
                .map(json -> new Scene(
                        json.plans().stream().map(PlanJson::plan).toList(),
                        json.situation().situation()));
    }

    /**
     * Keeps a plan, and what goes with it. False if a plan that it supersedes is not as it was read any more: then something was decided
     * that this one does not know of, and the transaction must not commit.
     *
     * @param owner drives the plan for the given time unless it says so again
     */
    public Uni<Boolean> write(Work work, Planned planned, String owner, Duration owned) {
        var plan = planned.plan() == null ? null : PlanJson.of(planned.plan());
        if (plan == null && planned.adoptions().isEmpty()) {
            return Uni.createFrom().item(true);
        }
        var document = new Document(
                plan,
                plan == null ? List.of() : plan.items(),
                planned.superseded().stream()
                        .collect(Collectors.toMap(
                                old -> old.ref().id().value(), old -> Objects.requireNonNull(old.heldUntil()))),
                planned.adoptions().stream()
                        .map(a -> BaselineJson.of(a.workload(), a.inUse(), planned.decision()))
                        .toList(),
                keys(planned.answered()),
                owner,
                owned.toMillis() / 1000.0);
        return Sql.read(work.session(), WRITE, document, Integer.class)
                .map(superseded -> superseded == planned.superseded().size());
    }

    private static List<String> keys(Collection<ObjectRef> objects) {
        return objects.stream().map(ObjectKey::of).toList();
    }
}
