package io.keyturn.rotation.step;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore.Kept;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * What a run has at hand while it is driven without a pause: the opened target, and its own two values, which change only
 * where the target refuses the new one. Cleared after every trouble, so that whatever is tried again begins with a new look. One thread.
 */
public final class Workbench implements AutoCloseable {
    private final Targets targets;
    private final Stores stores;
    private final Map<Slot, Kept> kept = new EnumMap<>(Slot.class);
    private @Nullable Target target;
    private boolean looked;
    private boolean unheardOf;
    private boolean fenced;

    Workbench(Targets targets, Stores stores) {
        this.targets = targets;
        this.stores = stores;
    }

    /** @param fence the number of the claim; a run is driven under one at a time */
    Outcome<Target> target(RotationPolicy policy, long fence) {
        if (target != null) {
            return Outcome.done(target);
        }
        return targets.open(policy, fence).then(opened -> {
            target = opened;
            return Outcome.done(opened);
        });
    }

    /** The live value of the store, read anew each time; the caller closes it. */
    Outcome<Optional<Versioned>> live(RotationPolicy policy) {
        return stores.of(policy).live(policy);
    }

    /** What a slot of the run holds; it stays ours. */
    Outcome<Optional<Kept>> find(RotationPolicy policy, RunRef run, Slot slot) {
        return looked
                ? Outcome.done(Optional.ofNullable(kept.get(slot)))
                : stores.of(policy).kept(policy, run.id()).then(found -> {
                    found.forEach(this::put);
                    looked = true;
                    return Outcome.done(Optional.ofNullable(kept.get(slot)));
                });
    }

    /** As {@link #find}, where a look of some time ago is not enough: another process may have kept a value since. */
    Outcome<Optional<Kept>> findNow(RotationPolicy policy, RunRef run, Slot slot) {
        kept.values().forEach(Kept::close);
        kept.clear();
        looked = false;
        return find(policy, run, slot);
    }

    /** Keeps a value in a slot of the run; what is kept in its place by now, which stays ours. */
    Outcome<Kept> keep(RotationPolicy policy, RunRef run, Slot slot, Kept value) {
        return stores.of(policy).keep(policy, run.id(), slot, value).then(now -> {
            put(slot, now);
            return Outcome.done(now);
        });
    }

    /** Whether all that was found is kept under that claim. */
    boolean isAllOf(long claim) {
        return kept.values().stream().allMatch(value -> value.claim() == claim);
    }

    /**
     * Keeps all that was found under a claim. What lies there under others stays until the end: where the database of the runs has lost
     * a claim that could be another value, which a target has heard of.
     */
    Outcome<Boolean> keepAll(RotationPolicy policy, RunRef run, long claim) {
        var outcome = Outcome.done();
        for (var slot : List.copyOf(kept.keySet())) {
            outcome = outcome.then(_ -> keepUnder(policy, run, slot, claim));
        }
        return outcome;
    }

    /** Under the name there may lie another value, drawn under this claim before the one that counts was seen: the next claim is free of it. */
    private Outcome<Boolean> keepUnder(RotationPolicy policy, RunRef run, Slot slot, long claim) {
        var value = requireNonNull(kept.get(slot));
        if (value.claim() == claim) {
            return Outcome.done();
        }
        return stores.of(policy)
                .keep(policy, run.id(), slot, value.under(claim))
                .then(now -> {
                    if (now.credential().sameAs(value.credential())) {
                        put(slot, now);
                        return Outcome.done();
                    }
                    now.close();
                    return Outcome.unavailable(RotationReason.CONFLICT);
                });
    }

    private void put(Slot slot, Kept value) {
        var before = kept.put(slot, value);
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

    /** The target holds the number of this claim beside the new value: nobody with an earlier one takes that value away. */
    void newValueIsFenced() {
        fenced = true;
    }

    boolean isNewValueFenced() {
        return fenced;
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
        kept.values().forEach(Kept::close);
        kept.clear();
        looked = false;
        unheardOf = false;
        fenced = false;
    }
}
