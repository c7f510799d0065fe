package io.keyturn.rotation.resource;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.persistence.History.Drift;
import io.keyturn.rotation.persistence.History.Entry;
import org.jspecify.annotations.Nullable;

/** What status says of a stored credential that the target refuses. Pure. */
final class DriftText {
    private DriftText() {}

    static String of(Drift drift) {
        return switch (drift.standing()) {
            case LOCKED ->
                "The target does not let in the user of the stored credential, with whatever password. That is left as it is. "
                        + RotationReason.NOT_REPAIRABLE.remedy();
            case REFUSED, ACCEPTED ->
                "The target refuses the stored credential: it keeps another password. " + mending(drift.repair());
        };
    }

    private static String mending(@Nullable Entry repair) {
        if (repair == null) {
            return "It is not set there again by itself while spec.driftCheck.repair is Never or spec.suspend is true;"
                    + " never delete a volume for it";
        }
        var reason = repair.outcomeReason();
        return reason == null
                ? "Run " + repair.id() + " sets it there again"
                : "Run " + repair.id() + " could not set it there again, by " + reason + ": "
                        + RotationReason.valueOf(reason).remedy();
    }
}
