package io.keyturn.rotation.saga;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

    private static final List<UndoStep> READERS = List.of(RESTORE_PUBLICATIONS, AWAIT_CONSUMERS);

    /** How far a run may have come when it turns back; a step that may have begun counts as done. */
    public enum Reach {
        /** The target may know the new value. Whether it was made live the store tells: a promotion may still be on its way. */
        TARGET,
        PUBLICATIONS
    }

    static List<UndoStep> stepsFrom(Reach reach, Overlap overlap) {
        var steps = new ArrayList<UndoStep>();
        if (overlap == Overlap.SWITCHED) {
            steps.add(RESTORE_TARGET);
        }
        steps.add(RESTORE_STORE);
        if (reach == Reach.PUBLICATIONS) {
            steps.addAll(READERS);
        }
        if (overlap == Overlap.BOTH_VALID) {
            steps.add(RETRACT_TARGET);
        }
        steps.add(DISCARD);
        return List.copyOf(steps);
    }

    /** The same steps, once store and readers have the previous value again. The store may have it already: earlier versions began without. */
    static List<UndoStep> publicationsBefore(List<UndoStep> rest) {
        return Stream.of(List.of(RESTORE_STORE), READERS, rest)
                .flatMap(List::stream)
                .toList();
    }
}
