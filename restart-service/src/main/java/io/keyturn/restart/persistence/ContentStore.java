package io.keyturn.restart.persistence;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.kit.persistence.Work;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** The present content of each object, and the triggers its changes raise. */
@ApplicationScoped
public class ContentStore {
    private static final String REMEMBER = """
            insert into object_content as present
                   (object, uid, resource_version, incarnation, fingerprints, publication, observed_at)
            select object, uid, resource_version, incarnation, fingerprints, publication, observed_at
              from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(object text, uid text, resource_version numeric,
                   incarnation int, fingerprints jsonb, publication text, observed_at timestamptz)
            on conflict (object) do update
               set uid = excluded.uid, resource_version = excluded.resource_version,
                   incarnation = excluded.incarnation, fingerprints = excluded.fingerprints,
                   publication = excluded.publication, observed_at = excluded.observed_at
             where excluded.incarnation > present.incarnation
                or (excluded.incarnation = present.incarnation
                    and (excluded.uid <> present.uid or excluded.resource_version >= present.resource_version))
            """;

    /** One round trip: the lock is tried for even if the content turns out to be old. */
    private static final String OBSERVE = """
            with remembered as (REMEMBER returning 1)
            select cast(json_build_object('newer', (select count(*) > 0 from remembered),
                   'locked', (select pg_try_advisory_xact_lock(hashtextextended('plan:' || r.namespace, 0))
                                from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(namespace text))) as text)
            """.replace("REMEMBER", REMEMBER);

    private static final String FORGET = """
            delete from object_content using jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(object text, uid text, incarnation int)
             where object_content.object = r.object and object_content.uid = r.uid
               and object_content.incarnation <= r.incarnation
            """;

    private static final String RAISE = """
            insert into plan_trigger (object, traceparent)
            select object, traceparent from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(object text, traceparent text)
            on conflict (object) do update
               set raised_at = now(), not_before = now(), traceparent = excluded.traceparent
            """;

    private record Row(
            String object,
            String namespace,
            String uid,
            BigInteger resourceVersion,
            int incarnation,
            Map<KeyName, List<Fingerprint>> fingerprints,
            @Nullable PublicationId publication,
            Instant observedAt) {}

    private record Deleted(String object, String uid, int incarnation) {}

    private record Raised(String object, @Nullable String traceparent) {}

    /**
     * What became of an observation.
     *
     * @param newer false if it was older than what is known: nothing changed
     * @param locked whether this transaction is now the one planner of the namespace
     */
    public record Observed(boolean newer, boolean locked) {}

    /** Remembers the content, and tries for the lock of its namespace without waiting for it. */
    public Uni<Observed> observeLocking(Work work, SecretChanged event) {
        return Sql.read(work.session(), OBSERVE, row(event), Observed.class);
    }

    /** Remembers the content. Older than what is known: false, and nothing happens. */
    public Uni<Boolean> observe(Work work, SecretChanged event) {
        return Sql.change(work.session(), REMEMBER, row(event)).map(rows -> rows > 0);
    }

    /** Leaves a trigger: somebody has to plan for the object. */
    public Uni<Void> raise(Work work, ObjectRef object, @Nullable String traceparent) {
        return Sql.change(work.session(), RAISE, new Raised(ObjectKey.of(object), traceparent))
                .replaceWithVoid();
    }

    private static Row row(SecretChanged event) {
        return new Row(
                ObjectKey.of(event.about()),
                event.about().namespace(),
                event.uid().value(),
                new BigInteger(event.resourceVersion().value()),
                event.incarnation(),
                event.fingerprints(),
                event.publication(),
                event.observedAt());
    }

    /** Forgets the content; what workloads have in use stays remembered, should the object come back. */
    public Uni<Void> forget(Work work, SecretDeleted event) {
        return Sql.change(
                        work.session(),
                        FORGET,
                        new Deleted(ObjectKey.of(event.about()), event.uid().value(), event.incarnation()))
                .replaceWithVoid();
    }
}
