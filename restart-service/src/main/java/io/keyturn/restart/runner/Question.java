package io.keyturn.restart.runner;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.Doubt;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.persistence.Begun;
import io.keyturn.restart.persistence.Situation;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.plan.PlanInput;
import io.keyturn.restart.plan.PlanInput.Unfinished;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.RestartPlan;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.TargetPods;
import io.keyturn.restart.plan.Workload;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is decided from: the rows read in the planning transaction, and the index.
 *
 * @param trigger the object whose change is planned for; it has content
 * @param objects the objects of the plan, {@code trigger} among them
 * @param earlier running plans for these objects, and the latest for each of them; newest first
 * @param readers the workloads that read any of the objects, or any object of a running earlier plan
 */
record Question(
        ObjectRef trigger,
        Set<ObjectRef> objects,
        List<StoredPlan> earlier,
        Situation situation,
        List<Workload> readers,
        List<RotationPolicy> policies,
        List<TargetPods> targets,
        PlanInput.Rules rules,
        Instant now,
        @Nullable String traceparent) {

    /** The plans that this one would supersede. */
    List<StoredPlan> running() {
        return earlier.stream()
                .filter(plan -> plan.state() == StoredPlan.State.RUNNING)
                .toList();
    }

    /** All that a plan has to cover: what is asked for, and what running plans are for. */
    Map<ObjectRef, Stated> covered() {
        var covered = new LinkedHashMap<ObjectRef, Stated>();
        objects.forEach(object -> put(covered, object));
        running().forEach(plan -> plan.objects().keySet().forEach(object -> put(covered, object)));
        return covered;
    }

    private void put(Map<ObjectRef, Stated> covered, ObjectRef object) {
        var stated = situation.contents().get(object);
        if (stated != null) {
            covered.put(object, stated);
        }
    }

    /** What was stated about the object whose change is planned for. */
    Stated main() {
        return Objects.requireNonNull(situation.contents().get(trigger));
    }

    /**
     * The latest plan for each object was made for exactly this, and has failed, or nobody would be rolled whom a running one does not roll
     * anyway: an event that says nothing new. What was there in between may have come to somebody all the same, by a plan for another object.
     */
    boolean isAnswered(RestartPlan plan) {
        if (!objects.stream().allMatch(this::isAsPlannedFor)) {
            return false;
        }
        var stillToCome = stillToCome();
        return objects.stream().anyMatch(this::hasFailed)
                || plan.items().stream()
                        .allMatch(item -> item.underWay() != null
                                || stillToCome.contains(item.workload().ref().uid()));
    }

    private boolean hasFailed(ObjectRef object) {
        return latest(object)
                .filter(plan -> plan.state() == StoredPlan.State.FAILED)
                .isPresent();
    }

    private boolean isAsPlannedFor(ObjectRef object) {
        var then = latest(object).map(plan -> plan.objects().get(object)).orElse(null);
        var now = situation.contents().get(object);
        return then != null
                && now != null
                && Objects.equals(then.publication(), now.publication())
                && then.content().sameAs(now.content());
    }

    private Set<Uid> stillToCome() {
        return running().stream()
                .flatMap(plan -> plan.items().stream())
                .filter(item -> item.state() == ItemState.PENDING || item.state() == ItemState.PATCHING)
                .map(StoredPlan.Item::uid)
                .collect(Collectors.toSet());
    }

    private Optional<StoredPlan> latest(ObjectRef object) {
        return earlier.stream()
                .filter(plan -> plan.objects().containsKey(object))
                .findFirst();
    }

    /** Every publication is answered once, also if nobody rolls for it; a failed one is not called completed afterwards. */
    boolean isNewPublication() {
        var publication = main().publication();
        return publication != null
                && earlier.stream()
                        .noneMatch(plan -> publication.equals(plan.ref().publication()));
    }

    PlanInput input() {
        var covered = covered();
        return new PlanInput(
                covered, parked(covered), readers, situation.inUse(), unfinished(covered), policies, targets, rules);
    }

    /** Content that failed, and that nobody published anew since. */
    private Map<ObjectRef, Content> parked(Map<ObjectRef, Stated> covered) {
        var parked = new HashMap<ObjectRef, Content>();
        situation.parked().forEach((object, failed) -> {
            var now = covered.get(object);
            if (now != null && Objects.equals(failed.publication(), now.publication())) {
                parked.put(object, failed.content());
            }
        });
        return parked;
    }

    /**
     * Roll-outs that earlier plans began and did not see the end of, and those that may leave a workload with other content than is due.
     * What a failed plan waited for in vain is waited for again only if its content was published anew.
     */
    private Map<Uid, Unfinished> unfinished(Map<ObjectRef, Stated> covered) {
        var unfinished = new HashMap<Uid, Unfinished>();
        others().filter(Begun::running).forEach(begun -> {
            var because = mayBringOther(begun, covered);
            if (!because.isEmpty()) {
                unfinished.put(begun.item().uid(), Unfinished.inDoubt(because));
            }
        });
        var superseded = superseded();
        underWay().forEach((uid, begun) -> {
            var item = begun.item();
            if (!item.isInDoubt()) {
                unfinished.put(uid, Unfinished.since(item.generation()));
            } else if (superseded.contains(begun.plan())) {
                unfinished.put(uid, Unfinished.inDoubt());
            } else {
                unfinished.put(uid, Unfinished.inDoubt(mayBringOther(begun, covered)));
            }
        });
        return unfinished;
    }

    /**
     * The workloads of which nobody knows whether a patch of an earlier plan has arrived, with that patch where it brings what is
     * there now.
     */
    Map<Uid, Doubt> doubts(Map<Uid, Begun> underWay) {
        var doubts = new HashMap<Uid, Doubt>();
        for (var reader : readers) {
            var begun = underWay.get(reader.ref().uid());
            var doubt = begun == null ? null : begun.item().doubt();
            if (doubt != null) {
                doubts.put(reader.ref().uid(), doubt.given(Intent.inUse(reader.references(), situation.contents())));
            }
        }
        return doubts;
    }

    /** What the plans that this one supersedes have begun, and what failed ones have left. */
    Map<Uid, Begun> underWay() {
        var covered = covered();
        var underWay = new HashMap<Uid, Begun>();
        others().filter(begun -> !begun.running())
                .filter(begun -> begun.item().isInDoubt()
                        ? !mayBringOther(begun, covered).isEmpty()
                        : isPublishedAnew(begun, covered))
                .forEach(begun -> underWay.merge(begun.item().uid(), begun, Question::later));
        for (var plan : running().reversed()) {
            plan.items().stream()
                    .filter(item -> item.isInDoubt() || item.state() == ItemState.PATCHED)
                    .map(item -> Begun.by(plan, item))
                    .forEach(begun -> underWay.merge(begun.item().uid(), begun, Question::later));
        }
        return underWay;
    }

    /** The one that was decided later; where that is not known, the other one: it knew of the first. */
    private static Begun later(Begun one, Begun other) {
        var first = one.item().intent();
        var second = other.item().intent();
        return first != null && second != null && first.decision() > second.decision() ? one : other;
    }

    private Stream<Begun> others() {
        var superseded = superseded();
        return situation.begun().stream().filter(begun -> !superseded.contains(begun.plan()));
    }

    private Set<PlanId> superseded() {
        return running().stream().map(plan -> plan.ref().id()).collect(Collectors.toSet());
    }

    private boolean isPublishedAnew(Begun begun, Map<ObjectRef, Stated> covered) {
        return !Collections.disjoint(begun.objects(), covered.keySet())
                && !Objects.equals(begun.publication(), main().publication());
    }

    /** The objects planned for of which a patch that may have arrived may have brought other content than is due. */
    private static Set<ObjectRef> mayBringOther(Begun begun, Map<ObjectRef, Stated> covered) {
        if (!begun.item().isInDoubt()) {
            return Set.of();
        }
        var patch = begun.item().intent();
        return patch == null || begun.isToEndADoubt()
                ? covered.keySet()
                : patch.inUse().stream()
                        .filter(use -> {
                            var due = covered.get(use.object());
                            return due != null
                                    && !due.content().restrictedTo(use.keys()).sameAs(use.content());
                        })
                        .map(InUse::object)
                        .collect(Collectors.toSet());
    }
}
