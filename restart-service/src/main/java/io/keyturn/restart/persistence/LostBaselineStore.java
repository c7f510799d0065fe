package io.keyturn.restart.persistence;

import java.util.Collection;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.kit.persistence.Work;
import io.smallrye.mutiny.Uni;

/** Whether the memory of contents in use is gone, and for which objects that was said. */
@ApplicationScoped
public class LostBaselineStore {
    private static final String NO_BASELINES = """
            select cast(cast($1 as text) is not null and not exists (select from baseline) as text)
            """;

    private static final String RAISE = """
            insert into lost_baseline (object)
            select jsonb_array_elements_text(cast(cast($1 as text) as jsonb))
            on conflict do nothing
            returning cast(to_json(object) as text)
            """;

    private static final String CLEAR_COMPLETED = """
            delete from lost_baseline where object in (
                   select object from plan_object where plan_id = cast(cast(cast($1 as text) as jsonb) #>> '{}' as text))
            returning cast(to_json(object) as text)
            """;

    private static final String CLEAR_DELETED = """
            delete from lost_baseline where object = cast(cast(cast($1 as text) as jsonb) #>> '{}' as text)
            returning cast(to_json(object) as text)
            """;

    /** True if nothing at all is remembered. */
    public Uni<Boolean> isEmpty(Work work) {
        return Sql.read(work.session(), NO_BASELINES, "", Boolean.class);
    }

    /** Answers those of the objects that were not among the lost ones yet. */
    public Uni<List<ObjectRef>> raise(Work work, Collection<ObjectRef> objects) {
        return objects(work, RAISE, objects.stream().map(ObjectKey::of).toList());
    }

    /** What this plan brought to its readers is known again. Answers which objects that concerns. */
    public Uni<List<ObjectRef>> clear(Work work, PlanId completed) {
        return objects(work, CLEAR_COMPLETED, completed);
    }

    /** An object that is gone has no readers. */
    public Uni<List<ObjectRef>> clear(Work work, ObjectRef deleted) {
        return objects(work, CLEAR_DELETED, ObjectKey.of(deleted));
    }

    private static Uni<List<ObjectRef>> objects(Work work, String sql, Object in) {
        return Sql.rows(work.session(), sql, in, String.class)
                .map(keys -> keys.stream().map(ObjectKey::parse).toList());
    }
}
