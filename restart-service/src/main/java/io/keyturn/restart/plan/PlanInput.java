package io.keyturn.restart.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Stated;
import org.jspecify.annotations.Nullable;

/**
 * All that a plan is made from.
 *
 * @param objects the objects the plan is for, with their present content
 * @param parked content of some of them that failed before and was not published anew since
 * @param readers every workload that reads one of them
 * @param inUse what each workload was last seen to use
 * @param unfinished roll-outs that an earlier plan for these objects left behind
 * @param policies the SecretRotations that publish one of the objects, by name
 */
public record PlanInput(
        Map<ObjectRef, Stated> objects,
        Map<ObjectRef, Content> parked,
        List<Workload> readers,
        Map<Uid, Map<ObjectRef, InUse>> inUse,
        Map<Uid, Unfinished> unfinished,
        List<RotationPolicy> policies,
        List<TargetPods> targets,
        Rules rules) {

    /**
     * A roll-out that was begun.
     *
     * @param generation the generation to wait for; null if it is unknown whether the patch arrived
     * @param because the objects of which the workload may not have what is due; if that matters for one of them only where it is
     *     to be rolled for it. Empty: in any case
     */
    public record Unfinished(@Nullable Long generation, Set<ObjectRef> because) {
        public static Unfinished since(long generation) {
            return new Unfinished(generation, Set.of());
        }

        /** A plan that this one supersedes has decided on the patch. */
        public static Unfinished inDoubt() {
            return new Unfinished(null, Set.of());
        }

        /** Another plan has. */
        public static Unfinished inDoubt(Set<ObjectRef> because) {
            return new Unfinished(null, because);
        }
    }

    /**
     * What holds everywhere.
     *
     * @param installedAt changes observed before are history: they are adopted
     */
    public record Rules(boolean autoReloadAll, Instant installedAt, int maxParallel, Duration deadline) {}
}
