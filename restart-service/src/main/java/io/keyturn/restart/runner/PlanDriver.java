package io.keyturn.restart.runner;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.backoff.ExponentialBackOff;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.plan.PlanProgress.ItemState;

/**
 * Drives one plan to its end: sends decided patches, then looks at the cluster, records what it sees, decides the next patches.
 * What it knows is a copy of the rows; every change goes to the rows first, and the first one refused ends it.
 */
final class PlanDriver {
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Well within the time a silent owner is given. */
    private static final Duration HOLD = PlanStore.OWNED.dividedBy(4);

    /** Between two tries of patches that had no answer. Well within what a silent owner is given, too. */
    private static final ExponentialBackOff RETRY = new ExponentialBackOff(Duration.ofMillis(250), HOLD);

    private final StoredPlan plan;
    private final PatchStep patching;
    private final LookStep looking;
    private final PlanRecord record;
    private final Wakeups wakeups;
    private final LongSupplier nanoTime;
    private List<Item> items;
    /** Decided here, and not sent yet. */
    private Set<Uid> unsent;

    private long heldAt;
    /** How often in a row what had no answer was sent again. */
    private int tries;

    private long againAt;

    /** What a step leaves: the items as they are now, and whether there is more to do. */
    record Progress(List<Item> items, boolean over, boolean changed) {}

    PlanDriver(
            StoredPlan plan,
            PatchStep patching,
            LookStep looking,
            PlanRecord record,
            Wakeups wakeups,
            LongSupplier nanoTime) {
        this.plan = plan;
        this.patching = patching;
        this.looking = looking;
        this.record = record;
        this.wakeups = wakeups;
        this.items = plan.items();
        this.unsent = plan.heldUntil() == null ? patching(items) : Set.of();
        this.nanoTime = nanoTime;
        this.heldAt = nanoTime.getAsLong();
        this.againAt = heldAt;
    }

    void run() throws InterruptedException {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (patch() || look()) {
                    return;
                }
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()
                        || wakeups.isOver(plan.ref().id())) {
                    return;
                }
                RestartLog.LOG.planHeldUp(plan.ref().id(), e.getClass().getSimpleName());
                wakeups.awaitPlan(plan.ref().id(), LOOK);
            }
        }
    }

    /** Sends the patches that are decided. True when the plan is over. */
    private boolean patch() {
        var decided =
                items.stream().filter(i -> i.state() == ItemState.PATCHING).toList();
        if (decided.isEmpty()) {
            return false;
        }
        if (unsent.isEmpty() && nanoTime.getAsLong() - againAt < 0) {
            // Something else has woken us.
            return false;
        }
        var first = unsent;
        unsent = Set.of();
        tries = first.isEmpty() ? tries + 1 : 0;
        var progress = patching.run(plan, items, decided, first);
        againAt = nanoTime.getAsLong()
                + RETRY.after(String.valueOf(plan.decision()), tries).toNanos();
        items = progress.items();
        return progress.over();
    }

    /** Looks at the cluster; waits if nothing is new. True when the plan is over. */
    private boolean look() throws InterruptedException {
        var sent = patching(items);
        var progress = looking.run(plan, items);
        items = progress.items();
        unsent = patching(items);
        unsent.removeAll(sent);
        if (progress.over()) {
            return true;
        }
        if (progress.changed()) {
            return false;
        }
        wakeups.awaitPlan(plan.ref().id(), pause());
        return !held();
    }

    private Duration pause() {
        return patching(items).isEmpty() ? LOOK : Duration.ofNanos(Math.max(1, againAt - nanoTime.getAsLong()));
    }

    /** A sign of life, now and then: every step that records something is one too. False: the plan is not ours any more. */
    private boolean held() {
        if (wakeups.isOver(plan.ref().id())) {
            return false;
        }
        if (nanoTime.getAsLong() - heldAt < HOLD.toNanos()) {
            return true;
        }
        heldAt = nanoTime.getAsLong();
        return record.hold(plan);
    }

    private static Set<Uid> patching(List<Item> items) {
        return items.stream()
                .filter(i -> i.state() == ItemState.PATCHING)
                .map(Item::uid)
                .collect(Collectors.toCollection(HashSet::new));
    }

    static List<Item> with(List<Item> items, Map<Uid, Item> changed) {
        return items.stream()
                .map(item -> changed.getOrDefault(item.uid(), item))
                .collect(Collectors.toList());
    }
}
