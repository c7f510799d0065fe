package io.keyturn.restart.persistence;

import java.util.Collection;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.persistence.Work;
import io.smallrye.mutiny.Uni;

/** Which partitions of a topic this database knows from their beginning. */
@ApplicationScoped
public class TakenInStore {
    private static final String KNOWN = """
            select cast(partition as text) from taken_in where topic = cast(cast(cast($1 as text) as jsonb) #>> '{}' as text)
            """;

    private static final String ADD = """
            insert into taken_in (topic, partition)
            select r.topic, cast(p as int)
              from jsonb_to_record(cast(cast($1 as text) as jsonb)) as r(topic text, partitions jsonb),
                   jsonb_array_elements_text(r.partitions) as p
            on conflict do nothing
            """;

    private record Added(String topic, Collection<Integer> partitions) {}

    public Uni<Set<Integer>> known(Work work, String topic) {
        return Sql.rows(work.session(), KNOWN, topic, Integer.class).map(Set::copyOf);
    }

    public Uni<Void> add(Work work, String topic, Collection<Integer> partitions) {
        return Sql.change(work.session(), ADD, new Added(topic, partitions)).replaceWithVoid();
    }
}
