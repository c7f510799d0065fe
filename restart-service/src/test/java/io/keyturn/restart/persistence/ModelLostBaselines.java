package io.keyturn.restart.persistence;

import java.util.Collection;
import java.util.List;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.kit.persistence.Work;
import io.smallrye.mutiny.Uni;

/** Of a database that is never lost. */
@Vetoed
public final class ModelLostBaselines extends LostBaselineStore {
    @Override
    public Uni<Boolean> isEmpty(Work work) {
        return Uni.createFrom().item(false);
    }

    @Override
    public Uni<List<ObjectRef>> raise(Work work, Collection<ObjectRef> objects) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<List<ObjectRef>> clear(Work work, PlanId completed) {
        return Uni.createFrom().item(List.of());
    }

    @Override
    public Uni<List<ObjectRef>> clear(Work work, ObjectRef deleted) {
        return Uni.createFrom().item(List.of());
    }
}
