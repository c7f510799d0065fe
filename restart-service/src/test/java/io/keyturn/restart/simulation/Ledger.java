package io.keyturn.restart.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.restart.simulation.Tables.Stated;

/** What was stated in transactions that were committed, against what is on the topic. */
final class Ledger {
    private final Map<String, List<UUID>> stated = new HashMap<>();
    private final Set<UUID> all = new HashSet<>();
    private final Map<String, Carried> carried = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private int late;

    /** The records of one key: each fact once, where it stood first; and which stood last. */
    private static final class Carried {
        private final List<UUID> order = new ArrayList<>();
        private int last;
    }

    void committed(List<Stated> facts) {
        for (var fact : facts) {
            stated.computeIfAbsent(fact.key(), _ -> new ArrayList<>()).add(fact.id());
            all.add(fact.id());
        }
    }

    /**
     * A record is on the topic.
     *
     * @param overdue if its sender stood still after it had handed it over: then it may stand behind what came after it (docs/adr/0020)
     */
    void appended(EventEnvelope fact, boolean overdue) {
        Checks.check(all.contains(fact.id()), () -> "a fact that nobody stated is on the topic");
        var ofKey = carried.computeIfAbsent(fact.key(), _ -> new Carried());
        int place = ofKey.order.indexOf(fact.id());
        if (place < 0) {
            place = ofKey.order.size();
            ofKey.order.add(fact.id());
            events.add(fact.event());
        }
        var expected = stated.getOrDefault(fact.key(), List.of());
        Checks.check(
                place < expected.size() && expected.get(place).equals(fact.id()),
                () -> "facts of a key are out of order: " + fact.key());
        if (overdue && place < ofKey.last) {
            late++;
        } else {
            ofKey.last = place;
        }
    }

    void everythingIsCarried() {
        stated.forEach((key, facts) -> {
            var ofKey = carried.getOrDefault(key, new Carried());
            Checks.check(ofKey.order.equals(facts), () -> "a fact is lost: " + key);
            Checks.check(ofKey.last == facts.size() - 1, () -> "an old fact stands last: " + key);
        });
    }

    /** Facts on the topic, each once. */
    List<Event> events() {
        return events;
    }

    /** How often who had stood still repeated a fact behind a newer one. */
    int late() {
        return late;
    }
}
