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
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.kit.persistence.Work;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** The present content of each object, and the triggers its changes raise. */
@ApplicationScoped
public class ContentStore {
    private static final String OBSERVE = """
            insert into object_content as present
                   (object, uid, resource_version, incarnation, fingerprints, publication, observed_at)
            select object, uid, resource_version, incarnation, fingerprints, publication, observed_at
              from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(object text, uid text, resource_version numeric,
                   incarnation int, fingerprints jsonb, publication text, observed_at timestamptz)
            on conflict (object) do update
               set uid = excluded.uid, resource_version = excluded.resource_version,
                   incarnation = excluded.incarnation, fingerprints = excluded.fingerprints,
                   publication = excluded.publication, observed_at = excluded.observed_at
             where excluded.incarnation > present.incarnation
                or (excluded.incarnation = present.incarnation
                    and (excluded.uid <> present.uid or excluded.resource_version >= present.resource_version))
            """;

    private static final String FORGET = """
            delete from object_content using jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(object text, uid text, incarnation int)
             where object_content.object = r.object and object_content.uid = r.uid
               and object_content.incarnation <= r.incarnation
            """;

    private static final String RAISE = """
            insert into plan_trigger (object, traceparent)
            select object, traceparent from jsonb_to_record(cast(cast(:in as text) as jsonb)) as r(object text, traceparent text)
            on conflict (object) do update
               set raised_at = now(), not_before = now(), traceparent = excluded.traceparent
            """;

    private record Row(
            String object,
            String uid,
            BigInteger resourceVersion,
            int incarnation,
            Map<KeyName, List<Fingerprint>> fingerprints,
            @Nullable PublicationId publication,
            Instant observedAt) {}

    private record Deleted(String object, String uid, int incarnation) {}

    private record Raised(String object, @Nullable String traceparent) {}

    /** Remembers the content and raises a trigger. Older than what is known: false, and nothing happens. */
    public Uni<Boolean> observe(Work work, SecretChanged event, @Nullable String traceparent) {
        var key = ObjectKey.of(event.about());
        var row = new Row(
                key,
                event.uid().value(),
                new BigInteger(event.resourceVersion().value()),
                event.incarnation(),
                event.fingerprints(),
                event.publication(),
                event.observedAt());
        return Sql.change(work.session(), OBSERVE, row)
                .chain(rows -> rows == 0
                        ? Uni.createFrom().item(false)
                        : Sql.change(work.session(), RAISE, new Raised(key, traceparent))
                                .replaceWith(true));
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
