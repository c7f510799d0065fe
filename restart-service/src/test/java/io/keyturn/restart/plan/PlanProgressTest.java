package io.keyturn.restart.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.plan.PlanProgress.Completed;
import io.keyturn.restart.plan.PlanProgress.Failed;
import io.keyturn.restart.plan.PlanProgress.Item;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.PlanProgress.Running;
import io.keyturn.restart.plan.PlanProgress.Step;
import io.keyturn.restart.rollout.Rollout;
import io.keyturn.restart.rollout.Rollout.OfDeployment;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.plan.PlanProgress.ItemState.GONE;
import static io.keyturn.restart.plan.PlanProgress.ItemState.HEALTHY;
import static io.keyturn.restart.plan.PlanProgress.ItemState.PATCHED;
import static io.keyturn.restart.plan.PlanProgress.ItemState.PATCHING;
import static io.keyturn.restart.plan.PlanProgress.ItemState.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

/** What a running plan does next. */
class PlanProgressTest {
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final Rollout DONE = new OfDeployment(2, 2, 1, 1, 1, 1, false);
    private static final Rollout UNDER_WAY = new OfDeployment(2, 2, 1, 2, 1, 1, false);
    private static final Rollout GAVE_UP = new OfDeployment(2, 2, 1, 2, 1, 1, true);

    private final List<Item> items = new ArrayList<>();
    private final Map<Uid, Rollout> seen = new HashMap<>();

    @Test
    void onlyTheFirstUnfinishedWaveStartsAndNoMoreThanAllowed() {
        item("a", 0, PENDING, DONE);
        item("b", 0, PENDING, DONE);
        item("c", 0, PENDING, DONE);
        item("d", 1, PENDING, DONE);
        assertThat(next(2).start()).containsExactly(uid("a"), uid("b"));
    }

    @Test
    void whatIsInFlightCounts() {
        item("a", 0, PATCHED, UNDER_WAY);
        item("b", 0, PATCHING, DONE);
        item("c", 0, PENDING, DONE);
        assertThat(next(2).start()).isEmpty();
        assertThat(next(3).start()).containsExactly(uid("c"));
    }

    @Test
    void theNextWaveStartsInTheMomentTheLastOneSettles() {
        item("a", 0, PATCHED, DONE);
        item("b", 1, PENDING, DONE);
        var step = next(1);
        assertThat(step.settled()).isEqualTo(Map.of(uid("a"), HEALTHY));
        assertThat(step.start()).containsExactly(uid("b"));
        assertThat(step.outcome()).isEqualTo(new Running());
    }

    @Test
    void aWorkloadThatWasDeletedHoldsNobodyUp() {
        item("a", 0, PENDING, null);
        item("b", 0, PATCHED, null);
        item("c", 0, PATCHED, DONE);
        assertThat(next(1).settled()).isEqualTo(Map.of(uid("a"), GONE, uid("b"), GONE, uid("c"), HEALTHY));
        assertThat(next(1).outcome()).isEqualTo(new Completed(1));
    }

    @Test
    void whenTheControllerGivesUpThePlanFailsAndStartsNothing() {
        item("a", 0, PATCHED, GAVE_UP);
        item("b", 0, PENDING, DONE);
        assertThat(next(5).outcome()).isEqualTo(new Failed(RestartReason.PROGRESS_DEADLINE_EXCEEDED, workload("a")));
        assertThat(next(5).start()).isEmpty();
    }

    @Test
    void atTheDeadlineThePlanFails() {
        item("a", 0, PATCHED, UNDER_WAY);
        assertThat(PlanProgress.next(items, seen, 1, LATER, LATER).outcome())
                .isEqualTo(new Failed(RestartReason.DEADLINE, workload("a")));
    }

    @Test
    void aPlanThatIsDoneAtTheDeadlineIsDone() {
        item("a", 0, PATCHED, DONE);
        assertThat(PlanProgress.next(items, seen, 1, LATER, LATER).outcome()).isEqualTo(new Completed(1));
    }

    @Test
    void whateverTheOrderOfAnswersNoWaveOvertakesAndTheLimitHolds() {
        for (int seed = 0; seed < 200; seed++) {
            walk(new Random(seed));
        }
    }

    private void walk(Random random) {
        items.clear();
        seen.clear();
        var limit = 1 + random.nextInt(3);
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            item("w" + i, random.nextInt(3), PENDING, DONE);
        }
        for (int moves = 0; moves < 1_000; moves++) {
            var step = next(limit);
            apply(step);
            if (step.outcome() instanceof Completed(int rolled)) {
                assertThat(rolled).isEqualTo(items.size());
                return;
            }
            var open = items.stream().filter(i -> !i.state().isSettled()).toList();
            var first = open.stream().mapToInt(Item::wave).min().orElseThrow();
            var flying = open.stream().filter(i -> i.state() != PENDING).toList();
            assertThat(flying).hasSizeLessThanOrEqualTo(limit).allMatch(i -> i.wave() == first);
            answer(flying.get(random.nextInt(flying.size())));
        }
        throw new AssertionError("The plan never ends");
    }

    private void apply(Step step) {
        items.replaceAll(i -> {
            var settled = step.settled().get(i.workload().uid());
            if (settled != null) {
                return with(i, settled);
            }
            return Set.copyOf(step.start()).contains(i.workload().uid()) ? with(i, PATCHING) : i;
        });
    }

    /** A patch in flight arrives, or a roll-out under way ends. */
    private void answer(Item item) {
        var uid = item.workload().uid();
        if (item.state() == PATCHING) {
            seen.put(uid, UNDER_WAY);
            items.set(items.indexOf(item), with(item, PATCHED));
        } else {
            seen.put(uid, DONE);
        }
    }

    private static Item with(Item item, ItemState state) {
        return new Item(item.workload(), item.wave(), state, 2);
    }

    private Step next(int maxParallel) {
        return PlanProgress.next(items, seen, maxParallel, NOW, LATER);
    }

    private void item(String name, int wave, ItemState state, @org.jspecify.annotations.Nullable Rollout rollout) {
        items.add(new Item(workload(name), wave, state, 2));
        if (rollout != null) {
            seen.put(uid(name), rollout);
        }
    }

    private static WorkloadRef workload(String name) {
        return new WorkloadRef(WorkloadKind.Deployment, "shop", name, uid(name));
    }

    private static Uid uid(String name) {
        return new Uid("uid-" + name);
    }
}
