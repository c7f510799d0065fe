package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanRef;

/** Facts of topic {@code keyturn.restarts.v1}: plans and roll-outs, said by restart-service. */
public sealed interface RestartEvent extends Event
        permits RestartPlanned, WorkloadPatched, WorkloadHealthy, RestartCompleted, RestartFailed, RestartSuperseded {

    PlanRef plan();

    Instant at();

    @Override
    default ObjectRef about() {
        return plan().trigger();
    }
}
