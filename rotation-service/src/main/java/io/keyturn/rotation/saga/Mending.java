package io.keyturn.rotation.saga;

import io.keyturn.contract.event.RotationApplied;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.RotationTested;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.rotation.saga.RotationState.Succeeded;

/** The end of a run that has set the live value at its target again. Whoever reads the value holds it already: nobody has to move. */
final class Mending {
    private Mending() {}

    /** What the target had accepted all the time, or since an earlier try, was not applied. */
    static Decision repaired(Input.Repaired repaired, Situation s) {
        var principal = new PrincipalName(repaired.principal());
        var decision = Decision.to(
                new Succeeded(repaired.principal(), repaired.version()),
                new RotationTested(s.run(), s.now(), principal),
                new RotationSucceeded(s.run(), s.now(), null));
        return repaired.changed() ? decision.saying(new RotationApplied(s.run(), s.now(), principal, 1)) : decision;
    }
}
