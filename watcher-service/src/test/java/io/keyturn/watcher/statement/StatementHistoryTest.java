package io.keyturn.watcher.statement;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.watcher.statement.Observation.Absent;
import io.keyturn.watcher.statement.Observation.Present;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.keyturn.watcher.statement.StatementStateTest.seen;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random lives of a few objects, looked at late, twice or out of order, with crashes before and after a statement is on the
 * topic. Whatever happens: nothing is stated twice in a row, and after a relist the topic says what the cluster says.
 */
class StatementHistoryTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final int OBJECTS = 4;
    private static final int STEPS = 2_000;

    private final Map<ObjectRef, Present> cluster = new HashMap<>();
    private final List<Present> past = new ArrayList<>();
    private final Map<ObjectRef, SecretEvent> topic = new LinkedHashMap<>();
    private StatementState state = StatementState.of(List.of());
    private long version = 1;
    private int uids;

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42, 20_261_122, 99_991})
    void everyContentIsStatedOnceAndTheLastOneStands(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            var object = ObjectRef.secret("shop", "s" + random.nextInt(OBJECTS));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> write(object, "value-" + random.nextInt(4));
                case 3 -> delete(object);
                case 4, 5, 6 -> look(object, random.nextInt(20) == 0);
                case 7 -> lookAtSomethingOld(random);
                case 8 -> restart();
                case 9 -> relist();
            }
        }
        restart();
        relist();
        assertThat(contents(topic)).isEqualTo(contents(cluster));
        var before = Map.copyOf(topic);
        restart();
        relist();
        assertThat(topic).isEqualTo(before);
    }

    private void write(ObjectRef object, String value) {
        var present = cluster.get(object);
        var uid = present == null ? "uid-" + ++uids : present.uid().value();
        var now = seen(object, uid, ++version, Map.of(1, value));
        cluster.put(object, now);
        past.add(now);
    }

    private void delete(ObjectRef object) {
        if (cluster.remove(object) != null) {
            version++;
        }
    }

    private void look(ObjectRef object, boolean crashBeforeAck) {
        var present = cluster.get(object);
        deliver(present == null ? new Absent(object, AT) : present, crashBeforeAck);
    }

    /** An older version of an object that still lives: a late answer. */
    private void lookAtSomethingOld(Random random) {
        if (!past.isEmpty()) {
            var old = past.get(random.nextInt(past.size()));
            var last = topic.get(old.about());
            if (last instanceof SecretChanged changed && changed.uid().equals(old.uid())) {
                var newer = number(old.resourceVersion()) > number(changed.resourceVersion());
                var event = state.decide(old);
                assertThat(event.isPresent() && !newer).isFalse();
            }
        }
    }

    private void deliver(Observation observation, boolean crash) {
        var event = state.decide(observation);
        event.ifPresent(statement -> {
            assertNotSaidAlready(statement);
            topic.put(statement.about(), statement);
        });
        if (crash) {
            restart();
            return;
        }
        event.ifPresentOrElse(state::accepted, () -> state.settled(observation));
        if (observation instanceof Absent && state.awaitsTombstone(observation.about())) {
            topic.remove(observation.about());
            state.buried(observation.about());
        }
    }

    private void assertNotSaidAlready(SecretEvent statement) {
        if (statement instanceof SecretChanged now && topic.get(now.about()) instanceof SecretChanged last) {
            assertThat(now.uid().equals(last.uid()) && now.fingerprints().equals(last.fingerprints()))
                    .isFalse();
        }
    }

    private void restart() {
        state = StatementState.of(topic.values());
        assertThat(state.clusterIsAt(new ResourceVersion(String.valueOf(version)), state.highest()))
                .isFalse();
    }

    /** As the watch does: look at what is new, and at what is stated but not there. */
    private void relist() {
        state.reached(new ResourceVersion(String.valueOf(version)));
        cluster.values().stream()
                .filter(o -> !state.knows(o.about(), o.uid(), o.resourceVersion()))
                .toList()
                .forEach(o -> deliver(o, false));
        state.objects(ObjectKind.Secret).stream()
                .filter(o -> !cluster.containsKey(o))
                .forEach(o -> deliver(new Absent(o, AT), false));
    }

    private static Map<ObjectRef, Object> contents(Map<ObjectRef, ?> objects) {
        var contents = new HashMap<ObjectRef, Object>();
        objects.forEach((object, what) -> contents.put(object, content(what)));
        return contents;
    }

    private static @Nullable Object content(Object what) {
        return switch (what) {
            case Present p -> List.of(p.uid(), p.fingerprints());
            case SecretChanged c -> List.of(c.uid(), c.fingerprints());
            default -> null;
        };
    }

    private static long number(ResourceVersion version) {
        return Long.parseLong(version.value());
    }
}
