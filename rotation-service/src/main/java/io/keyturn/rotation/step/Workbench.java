package io.keyturn.rotation.step;

import java.util.EnumMap;
import java.util.Map;

import io.keyturn.contract.reference.RunRef;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

import static io.keyturn.contract.event.RotationReason.STORE_CHANGED;

/**
 * What a run has at hand while it is driven without a pause: the opened target, and its own two values, which never change once
 * they are kept. Cleared after every trouble, so that whatever is tried again begins with a new look. One thread.
 */
public final class Workbench implements AutoCloseable {
    private final Targets targets;
    private final SecretStore store;
    private final Map<Slot, Credential> kept = new EnumMap<>(Slot.class);
    private @Nullable Target target;
    private boolean unheardOf;

    Workbench(Targets targets, SecretStore store) {
        this.targets = targets;
        this.store = store;
    }

    Outcome<Target> target(RotationPolicy policy) {
        if (target != null) {
            return Outcome.done(target);
        }
        return targets.open(policy).then(opened -> {
            target = opened;
            return Outcome.done(opened);
        });
    }

    /** A value of the run; it stays ours. STORE_CHANGED if its slot is empty. */
    Outcome<Credential> kept(RotationPolicy policy, RunRef run, Slot slot) {
        var here = kept.get(slot);
        if (here != null) {
            return Outcome.done(here);
        }
        return store.kept(policy, run.id(), slot).then(found -> {
            if (found.isEmpty()) {
                return Outcome.rejected(STORE_CHANGED);
            }
            put(slot, found.get());
            return Outcome.done(found.get());
        });
    }

    /** Takes over what a slot holds. */
    void put(Slot slot, Credential credential) {
        var before = kept.put(slot, credential);
        if (before != null) {
            before.close();
        }
    }

    /** The pending value was made just now: no target can have heard of it. */
    void pendingIsUnheardOf() {
        unheardOf = true;
    }

    /** True once, for the first attempt to tell the target: after that it may have heard of it. */
    boolean takeUnheardOf() {
        boolean was = unheardOf;
        unheardOf = false;
        return was;
    }

    /** Closes the target: whoever the store names as its admin may have another password now. */
    void leaveTarget() {
        if (target != null) {
            target.close();
            target = null;
        }
    }

    /** Forgets everything. */
    @Override
    public void close() {
        leaveTarget();
        kept.values().forEach(Credential::close);
        kept.clear();
        unheardOf = false;
    }
}
