package io.keyturn.rotation.step;

import java.util.Optional;
import java.util.function.Function;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore.Kept;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

/**
 * The run a command belongs to, and what it has at hand.
 *
 * @param fence the number of the claim it is driven under: what is done under a lower one comes too late
 */
public record RunContext(
        RunRef run,
        RotationPolicy policy,
        long fence,
        @Nullable String traceparent,
        Workbench bench) {

    /** Lends the target. */
    <T> Outcome<T> withTarget(Function<Target, Outcome<T>> use) {
        return bench.target(policy, fence).then(use);
    }

    /** Lends the live value of the store and wipes it afterwards. */
    <T> Outcome<T> withLive(RotationReason ifNone, Function<Versioned, Outcome<T>> use) {
        return bench.live(policy).then(found -> {
            if (found.isEmpty()) {
                return Outcome.rejected(ifNone);
            }
            try (var live = found.get()) {
                return use.apply(live);
            }
        });
    }

    /** A value of the run, if it keeps one; it belongs to the bench. */
    Outcome<Optional<Credential>> find(Slot slot) {
        return bench.find(policy, run, slot).then(kept -> Outcome.done(kept.map(Kept::credential)));
    }

    /** As {@link #find}, seen just now. */
    Outcome<Optional<Credential>> findNow(Slot slot) {
        return bench.findNow(policy, run, slot).then(kept -> Outcome.done(kept.map(Kept::credential)));
    }

    /** How many values of the slot were drawn; 0 for none. */
    Outcome<Integer> drawn(Slot slot) {
        return bench.find(policy, run, slot)
                .then(kept -> Outcome.done(kept.map(Kept::draw).orElse(0)));
    }

    /** Keeps a value under this claim; what is kept in its place by now, which belongs to the bench. */
    Outcome<Credential> keep(Slot slot, Credential credential, int draw) {
        return bench.keep(policy, run, slot, new Kept(credential, fence, draw))
                .then(kept -> Outcome.done(kept.credential()));
    }

    /**
     * Keeps a value that was made just now. Another process, under another claim, may have kept one since this one has looked: that is
     * seen by the later of the two at least, before a target hears of his, and the next try goes on with the first.
     */
    Outcome<Boolean> keepFirst(Slot slot, Credential made, int draw) {
        return keep(slot, made, draw)
                .then(_ -> findNow(slot))
                .then(first -> first.filter(made::sameAs).isPresent()
                        ? Outcome.done()
                        : Outcome.unavailable(RotationReason.CONFLICT));
    }

    /**
     * Sees to it that the values of the run are kept under this claim, before a target is told of one: who comes too late, under an earlier
     * claim, may have seen the others and be about to delete them. The target hears the number of this claim first, so nobody can set
     * those any more, and nobody needs them.
     */
    Outcome<Boolean> own(Target target) {
        return bench.find(policy, run, Slot.PENDING)
                .then(pending -> pending.isEmpty() || bench.isAllOf(fence)
                        ? Outcome.done()
                        : target.fence(pending.get().credential()).then(_ -> bench.keepAll(policy, run, fence)));
    }

    /** Lends a value of the run; STORE_CHANGED if it is gone. */
    <T> Outcome<T> withKept(Slot slot, Function<Credential, Outcome<T>> use) {
        return find(slot)
                .then(kept ->
                        kept.isPresent() ? use.apply(kept.get()) : Outcome.rejected(RotationReason.STORE_CHANGED));
    }
}
