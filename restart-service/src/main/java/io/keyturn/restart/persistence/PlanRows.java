package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.persistence.SituationRows.BaselineJson;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.persistence.StoredPlan.State;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import org.jspecify.annotations.Nullable;

/** The rows of a plan as JSON, in both directions. */
final class PlanRows {
    /** One plan with its objects and items, as one JSON object; {@code p} is the row of table plan. */
    static final String PLAN_JSON = """
            to_jsonb(p) || jsonb_build_object(
                'objects', (select coalesce(jsonb_agg(o), '[]') from plan_object o where o.plan_id = p.id),
                'items', (select coalesce(jsonb_agg(i order by i.wave, i.namespace, i.name), '[]')
                            from plan_item i where i.plan_id = p.id))""";

    private PlanRows() {}

    record PlanJson(
            String id,
            String namespace,
            String object,
            @Nullable PublicationId publication,
            State state,
            @Nullable String reason,
            @Nullable String failedWorkload,
            @Nullable String supersededBy,
            int maxParallel,
            int unaffected,
            Instant observedAt,
            Instant startedAt,
            long decision,
            Instant deadline,
            @Nullable Instant finishedAt,
            @Nullable String owner,
            @Nullable Instant ownedUntil,
            @Nullable String traceparent,
            List<ObjectJson> objects,
            List<ItemJson> items) {

        static PlanJson of(StoredPlan plan) {
            var id = plan.ref().id().value();
            return new PlanJson(
                    id,
                    plan.ref().trigger().namespace(),
                    ObjectKey.of(plan.ref().trigger()),
                    plan.ref().publication(),
                    plan.state(),
                    plan.reason(),
                    plan.failedWorkload(),
                    plan.supersededBy(),
                    plan.maxParallel(),
                    plan.unaffected(),
                    plan.observedAt(),
                    plan.startedAt(),
                    plan.decision(),
                    plan.deadline(),
                    plan.finishedAt(),
                    plan.owner(),
                    plan.heldUntil(),
                    plan.traceparent(),
                    plan.objects().entrySet().stream()
                            .map(e -> new ObjectJson(
                                    id,
                                    ObjectKey.of(e.getKey()),
                                    e.getValue().content().keys(),
                                    e.getValue().publication()))
                            .toList(),
                    plan.items().stream().map(item -> ItemJson.of(id, item)).toList());
        }

        StoredPlan plan() {
            return new StoredPlan(
                    new PlanRef(new PlanId(id), ObjectKey.parse(object), publication),
                    state,
                    reason,
                    failedWorkload,
                    supersededBy,
                    maxParallel,
                    unaffected,
                    observedAt,
                    startedAt,
                    decision,
                    deadline,
                    finishedAt,
                    owner,
                    ownedUntil,
                    traceparent,
                    objects.stream()
                            .collect(Collectors.toMap(
                                    o -> ObjectKey.parse(o.object()),
                                    o -> new Stated(new Content(o.content()), o.publication(), observedAt))),
                    items.stream().map(ItemJson::item).toList());
        }
    }

    record ObjectJson(
            @Nullable String planId,
            String object,
            Map<KeyName, List<Fingerprint>> content,
            @Nullable PublicationId publication) {}

    record ItemJson(
            @Nullable String planId,
            String workloadUid,
            WorkloadKind kind,
            String namespace,
            String name,
            int wave,
            ItemState state,
            long generation,
            @Nullable String hash,
            @Nullable List<BaselineJson> inUse,
            boolean inDoubt) {

        static ItemJson of(String planId, Item item) {
            var workload = item.workload();
            var intent = item.intent();
            return new ItemJson(
                    planId,
                    workload.uid().value(),
                    workload.kind(),
                    workload.namespace(),
                    workload.name(),
                    item.wave(),
                    item.state(),
                    item.generation(),
                    intent == null ? null : intent.hash(),
                    intent == null ? null : BaselineJson.of(workload, intent),
                    item.inDoubt());
        }

        Item item() {
            return new Item(
                    new WorkloadRef(kind, namespace, name, new Uid(workloadUid)),
                    wave,
                    state,
                    generation,
                    intent(),
                    inDoubt);
        }

        private @Nullable Intent intent() {
            return hash == null || inUse == null
                    ? null
                    : new Intent(
                            hash,
                            inUse.stream().map(BaselineJson::inUse).toList(),
                            inUse.stream()
                                    .map(BaselineJson::decision)
                                    .filter(Objects::nonNull)
                                    .mapToLong(Long::longValue)
                                    .max()
                                    .orElse(0));
        }
    }
}
