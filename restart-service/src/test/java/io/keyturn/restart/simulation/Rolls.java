package io.keyturn.restart.simulation;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.ModelBaselines;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.simulation.Tables.Owned;
import org.jspecify.annotations.Nullable;

import static io.keyturn.restart.simulation.Checks.check;

/** Who was rolled to what, against what was put into the Secrets. */
final class Rolls {
    /** What each Secret says at the beginning. */
    static final int FIRST = 1;

    private final ModelDatabase database;
    private final Map<Put, Integer> puts = new HashMap<>();
    private final Map<Roll, Integer> rolls = new HashMap<>();
    private final Map<String, Set<String>> hashes = new HashMap<>();
    private int late;
    private int crossed;

    private record Put(String secret, int value) {}

    /** Plans for two objects that one Deployment reads do not know of each other (restart-service/DESIGN.md, Limits). */
    private record Roll(String deployment, ObjectRef trigger, TreeMap<String, Integer> values) {}

    /** An item of a plan that decided on the patch. */
    private record Decided(Owned plan, Item item) {
        boolean isDue() {
            return plan.isRunning() && item.state() == ItemState.PATCHING;
        }
    }

    Rolls(ModelDatabase database) {
        this.database = database;
    }

    void put(ObjectRef secret, int value) {
        puts.merge(new Put(secret.name(), value), 1, Integer::sum);
    }

    /** A patch reaches the API server. */
    void arrives(ModelDeployment deployment, String hash) {
        var decided = database.committed().plans().values().stream()
                .flatMap(plan -> plan.plan().items().stream().map(item -> new Decided(plan, item)))
                .filter(d -> d.item().uid().equals(deployment.uid())
                        && decides(d.item().intent(), hash))
                .toList();
        check(!decided.isEmpty(), () -> "a patch that nobody has decided on: " + deployment.name());
        if (deployment.has(hash)) {
            return;
        }
        boolean again =
                !hashes.computeIfAbsent(deployment.name(), _ -> new HashSet<>()).add(hash);
        if (decided.stream().noneMatch(Decided::isDue)) {
            late++;
            return;
        }
        if (again) {
            crossed++;
            return;
        }
        var due = decided.stream().filter(Decided::isDue).findFirst().orElseThrow();
        var values = values(due.item().intent());
        var trigger = due.plan().plan().ref().trigger();
        int often = rolls.merge(new Roll(deployment.name(), trigger, values), 1, Integer::sum);
        int most = due(values);
        check(often <= most, () -> deployment.name() + " is rolled again to " + values);
    }

    /** How often these contents came to be together; those of the beginning need no roll. */
    private int due(Map<String, Integer> values) {
        int due = values.values().stream().allMatch(value -> value == FIRST) ? -1 : 0;
        for (var value : values.entrySet()) {
            due += puts.getOrDefault(new Put(value.getKey(), value.getValue()), 0);
        }
        return due + 1 - values.size();
    }

    private static boolean decides(@Nullable Intent intent, String hash) {
        return intent != null && hash.startsWith(intent.hash());
    }

    private static TreeMap<String, Integer> values(@Nullable Intent intent) {
        return intent == null
                ? new TreeMap<>()
                : intent.inUse().stream()
                        .collect(Collectors.toMap(
                                use -> use.object().name(),
                                use -> ModelSecret.value(use.content().keys()),
                                (one, _) -> one,
                                TreeMap::new));
    }

    /**
     * Patches that had arrived before, and another since: content has come back, or one without an answer was sent again over that of a
     * plan for another Secret. The two are not told apart here.
     */
    int crossed() {
        return crossed;
    }

    /**
     * Whether the Secret says again what the latest patch brought, and the latest that is known to have arrived, or what was there at the beginning: what the pods hold was there only in
     * between, gone before anybody rolled them to it.
     */
    boolean cameBack(ModelDeployment deployment, ModelSecret secret) {
        int now = secret.value();
        return latest(deployment, secret, item -> item.state() != ItemState.PENDING) == now
                && latest(deployment, secret, item -> ModelBaselines.ARRIVED.contains(item.state())) == now
                && puts.getOrDefault(new Put(secret.ref().name(), now), 0) > 1;
    }

    /** What the latest of these patches brought. */
    private int latest(ModelDeployment deployment, ModelSecret secret, Predicate<Item> which) {
        return database.committed().plans().values().stream()
                .flatMap(row -> row.plan().items().stream())
                .filter(item -> item.uid().equals(deployment.uid()) && which.test(item))
                .map(Item::intent)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(Intent::decision))
                .map(intent -> values(intent).getOrDefault(secret.ref().name(), FIRST))
                .orElse(FIRST);
    }

    /** Patches that rolled somebody although no plan was waiting for them any more: they came from who had stood still, or crossed a newer plan. */
    int late() {
        return late;
    }
}
