package io.keyturn.rotation.runner;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.step.OpenRuns;

/** By their rows: a run that has none is driven by nobody. */
@ApplicationScoped
class StoredRuns implements OpenRuns {
    private final RotationStore store;

    StoredRuns(RotationStore store) {
        this.store = store;
    }

    @Override
    public List<RotationId> among(List<RotationId> runs) {
        return Bridge.await(() -> store.open(runs));
    }
}
