package io.keyturn.rotation.saga;

import java.util.ArrayList;
import java.util.List;

/** The steps back. Which of them a run needs follows from how far it came and how the target overlaps. */
public enum UndoStep {
    /** Set the previous value at a target that holds only one. */
    RESTORE_TARGET,
    /** Make the previous value the current version again, unless somebody else has written since. */
    RESTORE_STORE,
    /** Publish the previous value, under a new publication id. */
    RESTORE_PUBLICATIONS,
    /** Wait until nobody holds the failed value. */
    AWAIT_CONSUMERS,
    /** Take the failed value away from a target that holds both. */
    RETRACT_TARGET,
    /** Delete the pending value. Last: until here every value a target may accept is kept. */
    DISCARD;

    /** How far a run may have come when it turns back; a step that may have begun counts as done. */
    public enum Reach {
        PENDING,
        TARGET,
        STORE,
        PUBLICATIONS
    }

    static List<UndoStep> stepsFrom(Reach reach, Overlap overlap) {
        var steps = new ArrayList<UndoStep>();
        boolean target = reach.compareTo(Reach.TARGET) >= 0;
        if (target && overlap == Overlap.SWITCHED) {
            steps.add(RESTORE_TARGET);
        }
        if (reach.compareTo(Reach.STORE) >= 0) {
            steps.add(RESTORE_STORE);
        }
        if (reach.compareTo(Reach.PUBLICATIONS) >= 0) {
            steps.add(RESTORE_PUBLICATIONS);
            steps.add(AWAIT_CONSUMERS);
        }
        if (target && overlap == Overlap.BOTH_VALID) {
            steps.add(RETRACT_TARGET);
        }
        steps.add(DISCARD);
        return List.copyOf(steps);
    }
}
