package io.keyturn.restart.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.rollout.Rollout;
import io.keyturn.restart.rollout.RolloutStatus;
import io.keyturn.restart.rollout.RolloutStatus.GaveUp;
import io.keyturn.restart.rollout.RolloutStatus.Healthy;
import io.keyturn.restart.rollout.RolloutStatus.LeftToOwner;
import io.keyturn.restart.rollout.RolloutStatus.Progressing;
import org.jspecify.annotations.Nullable;

/** What a running plan does next, decided from its items and what the cluster shows; never from what woke it. */
public final class PlanProgress {
    private PlanProgress() {}

    /** How far one workload of a plan is. */
    public enum ItemState {
        PENDING,
        /** The patch was decided and may or may not have arrived. */
        PATCHING,
        PATCHED,
        HEALTHY,
        /** Patched; its owner moves the pods. */
        LEFT_TO_OWNER,
        /** Deleted meanwhile. */
        GONE;

        public boolean isSettled() {
            return switch (this) {
                case PENDING, PATCHING, PATCHED -> false;
                case HEALTHY, LEFT_TO_OWNER, GONE -> true;
            };
        }
    }

    /**
     * One workload of a plan.
     *
     * @param generation the generation our patch led to; 0 before
     */
    public record Item(WorkloadRef workload, int wave, ItemState state, long generation) {}

    /** How the plan stands. */
    public sealed interface Outcome {}

    public record Running() implements Outcome {}

    /**
     * Nothing is left to do.
     *
     * @param rolled workloads of which every pod is on the new content
     */
    public record Completed(int rolled) implements Outcome {}

    public record Failed(RestartReason reason, WorkloadRef workload) implements Outcome {}

    /**
     * What to record and what to do.
     *
     * @param settled items that reached their last state just now
     * @param start items to patch now
     */
    public record Step(Map<Uid, ItemState> settled, List<Uid> start, Outcome outcome) {}

    /**
     * Decides the next step.
     *
     * @param seen the workloads that exist, by uid, with spec and status as last seen
     */
    public static Step next(List<Item> items, Map<Uid, Rollout> seen, int maxParallel, Instant now, Instant deadline) {
        var settled = new LinkedHashMap<Uid, ItemState>();
        var open = new ArrayList<Item>();
        Failed failed = null;
        for (var item : items) {
            if (item.state().isSettled()) {
                continue;
            }
            var rollout = seen.get(item.workload().uid());
            var state = rollout == null ? ItemState.GONE : item.state() == ItemState.PATCHED ? null : item.state();
            if (state == null && rollout != null) {
                switch (RolloutStatus.of(rollout, item.generation())) {
                    case Healthy() -> state = ItemState.HEALTHY;
                    case LeftToOwner() -> state = ItemState.LEFT_TO_OWNER;
                    case Progressing() -> state = ItemState.PATCHED;
                    case GaveUp(var reason) -> {
                        state = ItemState.PATCHED;
                        failed = failed == null ? new Failed(reason, item.workload()) : failed;
                    }
                }
            }
            if (state != null && state.isSettled()) {
                settled.put(item.workload().uid(), state);
            } else {
                open.add(item);
            }
        }
        return step(items, settled, open, failed, maxParallel, !now.isBefore(deadline));
    }

    private static Step step(
            List<Item> items,
            Map<Uid, ItemState> settled,
            List<Item> open,
            @Nullable Failed failed,
            int maxParallel,
            boolean late) {
        if (open.isEmpty()) {
            return new Step(settled, List.of(), new Completed(rolled(items, settled)));
        }
        if (failed != null) {
            return new Step(settled, List.of(), failed);
        }
        if (late) {
            return new Step(
                    settled,
                    List.of(),
                    new Failed(RestartReason.DEADLINE, open.getFirst().workload()));
        }
        return new Step(settled, start(open, maxParallel), new Running());
    }

    private static List<Uid> start(List<Item> open, int maxParallel) {
        var wave = open.stream().mapToInt(Item::wave).min().orElse(0);
        var inWave = open.stream().filter(item -> item.wave() == wave).toList();
        var waiting = inWave.stream()
                .filter(item -> item.state() == ItemState.PENDING)
                .map(item -> item.workload().uid())
                .toList();
        var inFlight = inWave.size() - waiting.size();
        return waiting.subList(0, Math.clamp(maxParallel - inFlight, 0, waiting.size()));
    }

    private static int rolled(List<Item> items, Map<Uid, ItemState> settled) {
        return (int) items.stream()
                .map(item -> settled.getOrDefault(item.workload().uid(), item.state()))
                .filter(state -> state == ItemState.HEALTHY)
                .count();
    }
}
