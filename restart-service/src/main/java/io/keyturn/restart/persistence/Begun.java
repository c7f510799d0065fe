package io.keyturn.restart.persistence;

import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.ContentMark;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out that a plan began, or may have begun, and of which nobody has seen the end: no patch that was decided later is known to have
 * arrived.
 *
 * @param running whether the plan runs; else it has failed
 * @param publication what the plan was for
 * @param objects what the plan is to bring
 */
public record Begun(
        PlanId plan,
        boolean running,
        @Nullable PublicationId publication,
        Set<ObjectRef> objects,
        StoredPlan.Item item) {

    /** One of a plan that runs. */
    public static Begun by(StoredPlan plan, StoredPlan.Item item) {
        return new Begun(
                plan.ref().id(), true, plan.ref().publication(), plan.objects().keySet(), item);
    }

    /** Whether a patch was sent of which it is recorded in a moment that it has arrived. */
    public boolean isOnItsWay() {
        return running && item.state() == ItemState.PATCHING;
    }

    /**
     * Whether the plan decided on a patch of its own since it was not known what an earlier one had brought: until this one is known to have
     * arrived, the pods may have either.
     */
    public boolean isToEndADoubt() {
        var intent = item.intent();
        return item.inDoubt() && intent != null && intent.isMadeFor(plan.value());
    }

    /** Whether the patch writes that mark, or another with its hash, into the template of this workload. */
    public boolean brings(Uid workload, @Nullable String mark) {
        var intent = item.intent();
        return intent != null
                && item.uid().equals(workload)
                && ContentMark.of(intent.hash())
                        .hash()
                        .equals(ContentMark.of(mark).hash());
    }
}
