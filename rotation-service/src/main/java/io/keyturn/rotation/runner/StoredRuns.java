package io.keyturn.rotation.runner;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.saga.Held;
import io.keyturn.rotation.step.OtherRuns;

/** By their rows: a run that has none is driven by nobody. */
@ApplicationScoped
class StoredRuns implements OtherRuns {
    private final RotationStore store;

    StoredRuns(RotationStore store) {
        this.store = store;
    }

    @Override
    public List<RotationId> openAmong(List<RotationId> runs) {
        return Bridge.await(() -> store.open(runs));
    }

    @Override
    public boolean isOver(String policyUid, RotationId run) {
        return !Bridge.await(() -> store.over(policyUid, List.of(run))).isEmpty();
    }

    @Override
    public List<Held> held(String policyUid) {
        return Bridge.await(() -> store.held(policyUid));
    }
}
