package io.keyturn.restart.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.baseline.Verdict;
import io.keyturn.restart.plan.PlanInput.Unfinished;
import io.keyturn.restart.plan.RestartPlan.Adoption;
import io.keyturn.restart.plan.RestartPlan.Item;
import org.jspecify.annotations.Nullable;

/** Makes a plan: for each reader of the changed objects, whether it rolls, and when. */
public final class Planner {
    private final PlanInput input;
    private final List<Item> items = new ArrayList<>();
    private final List<Adoption> adoptions = new ArrayList<>();

    private Planner(PlanInput input) {
        this.input = input;
    }

    public static RestartPlan plan(PlanInput input) {
        var planner = new Planner(input);
        input.readers().stream()
                .sorted(Comparator.comparing(w -> w.ref().toString()))
                .forEach(planner::consider);
        planner.items.sort(Comparator.comparingInt(Item::wave));
        var policy = input.policies().isEmpty() ? null : input.policies().getFirst();
        return new RestartPlan(
                planner.items,
                planner.adoptions,
                input.readers().size() - planner.items.size(),
                policy == null || policy.maxParallel() == null
                        ? input.rules().maxParallel()
                        : Math.max(1, policy.maxParallel()),
                policy == null
                        ? input.rules().deadline()
                        : Objects.requireNonNullElse(
                                policy.deadline(), input.rules().deadline()));
    }

    private void consider(Workload workload) {
        var changed = false;
        for (var reference : workload.references().byObject().entrySet()) {
            var object = reference.getKey();
            var now = input.objects().get(object);
            if (now == null) {
                continue;
            }
            var last = lastInUse(workload, object);
            var use = InUse.adopted(last, object, reference.getValue(), now, workload.createdAt());
            switch (Verdict.compare(last, use.keys(), now)) {
                case ADOPT -> adoptions.add(new Adoption(workload.ref(), use));
                case UNCHANGED -> {}
                case CHANGED -> {
                    if (isHistory(workload, now)) {
                        adoptions.add(new Adoption(workload.ref(), use));
                    } else {
                        changed |= !isParked(use) && mayRoll(workload, object);
                    }
                }
            }
        }
        var begun = input.unfinished().get(workload.ref().uid());
        if (changed || inDoubt(workload, begun)) {
            items.add(new Item(waveOf(workload), workload, null));
        } else if (begun != null && begun.generation() != null) {
            items.add(new Item(waveOf(workload), workload, begun.generation()));
        }
    }

    private boolean inDoubt(Workload workload, @Nullable Unfinished begun) {
        return begun != null
                && begun.generation() == null
                && (begun.because().isEmpty()
                        || begun.because().stream()
                                .anyMatch(object ->
                                        workload.references().objects().contains(object) && mayRoll(workload, object)));
    }

    private @Nullable InUse lastInUse(Workload workload, ObjectRef object) {
        return input.inUse().getOrDefault(workload.ref().uid(), Map.of()).get(object);
    }

    /** Seen before we were here, or well before the workload was: its pods have never had anything else. */
    private boolean isHistory(Workload workload, Stated now) {
        return !now.observedAt().isAfter(input.rules().installedAt()) || now.isOlderThan(workload.createdAt());
    }

    private boolean mayRoll(Workload workload, ObjectRef object) {
        var published = input.policies().stream().anyMatch(p -> p.publications().contains(object));
        return input.targets().stream().noneMatch(target -> target.include(workload))
                && Eligibility.wantsRoll(
                        workload, object, published, input.rules().autoReloadAll());
    }

    /** As far as this workload reads it, it is what failed. */
    private boolean isParked(InUse use) {
        var failed = input.parked().get(use.object());
        return failed != null && failed.restrictedTo(use.keys()).sameAs(use.content());
    }

    private int waveOf(Workload workload) {
        return input.policies().isEmpty() ? 0 : input.policies().getFirst().waveOf(workload.ref());
    }
}
