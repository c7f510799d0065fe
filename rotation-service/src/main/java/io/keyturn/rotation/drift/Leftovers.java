package io.keyturn.rotation.drift;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationSwept;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.secretstore.SecretStore.Kept;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.step.LeftBehind;
import io.keyturn.rotation.step.Targets;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

/**
 * Values that runs have left in the private mount: they ended without a way back, or their database has lost them. The next run that
 * succeeds deletes them where its value is published; where none does they would lie there for ever. How old a value is tells the number of its claim, which is a
 * time. Blocking.
 */
@ApplicationScoped
class Leftovers {
    private final Targets targets;
    private final Stores stores;
    private final Publishers publishers;
    private final LeftBehind leftBehind;
    private final RotationStore runs;
    private final UnitOfWork unit;
    private final RotationConfig.Leftovers config;
    private final Clock clock;

    Leftovers(
            Targets targets,
            Stores stores,
            Publishers publishers,
            LeftBehind leftBehind,
            RotationStore runs,
            UnitOfWork unit,
            RotationConfig config,
            Clock clock) {
        this.targets = targets;
        this.stores = stores;
        this.publishers = publishers;
        this.leftBehind = leftBehind;
        this.runs = runs;
        this.unit = unit;
        this.config = config.leftovers();
        this.clock = clock;
    }

    /** Deletes what nobody needs: the live value is accepted, and published, and whoever still means to set another comes too late. */
    void sweep(RotationPolicy policy) {
        long before = claimsBefore(config.after());
        leftBehind.by(policy).then(runs -> {
            for (var run : runs) {
                isNotNeeded(policy, run, before)
                        .then(unneeded -> unneeded ? delete(policy, run, before) : Outcome.done(false));
            }
            return Outcome.done();
        });
    }

    /**
     * The same for a SecretRotation that is gone, whose target nobody may ask any more: after a time for people to fetch what they need.
     *
     * @return whether something is left to look for later
     */
    boolean sweepGone(ObjectRef rotation, String uid) {
        var policy = lastPolicy(rotation, uid);
        if (policy == null) {
            return false;
        }
        var swept = leftBehind.by(policy).then(all -> {
            boolean clean = true;
            // Another of the same name may keep its values beside them.
            for (var run : Bridge.await(() -> runs.over(uid, all))) {
                clean &= isDeleted(policy, run, claimsBefore(config.afterDeletion()));
            }
            return Outcome.done(clean);
        });
        return !swept.equals(Outcome.done());
    }

    private boolean isDeleted(RotationPolicy policy, RotationId run, long before) {
        return isOld(policy, run, before)
                .then(old -> old ? delete(policy, run, before) : Outcome.done(false))
                .equals(Outcome.done());
    }

    private @Nullable RotationPolicy lastPolicy(ObjectRef rotation, String uid) {
        var spec = Bridge.await(() -> runs.lastSpec(uid)).orElse(null);
        return spec != null && targets.read(rotation, uid, spec) instanceof PolicyReader.Result.Usable(var policy)
                ? policy
                : null;
    }

    private Outcome<Boolean> isOld(RotationPolicy policy, RotationId run, long before) {
        return stores.of(policy).kept(policy, run).then(kept -> {
            kept.values().forEach(Kept::close);
            return Outcome.done(areOld(kept.values(), before));
        });
    }

    private static boolean areOld(Collection<Kept> kept, long before) {
        return kept.stream().allMatch(value -> value.claim() <= before);
    }

    private Outcome<Boolean> isNotNeeded(RotationPolicy policy, RotationId run, long before) {
        return stores.of(policy).kept(policy, run).then(kept -> {
            try {
                return areOld(kept.values(), before)
                        ? targets.open(policy, before).then(target -> {
                            try (target) {
                                return isNotNeeded(policy, target, kept.get(Slot.PENDING));
                            }
                        })
                        : Outcome.done(false);
            } finally {
                kept.values().forEach(Kept::close);
            }
        });
    }

    private Outcome<Boolean> isNotNeeded(RotationPolicy policy, Target target, @Nullable Kept pending) {
        return (pending == null ? Outcome.done() : closed(target, pending))
                .then(_ -> stores.of(policy).live(policy))
                .then(found -> {
                    if (found.isEmpty()) {
                        return Outcome.done(false);
                    }
                    try (var live = found.get()) {
                        return target.test(live.credential())
                                .ifRejected(false)
                                .then(accepted -> accepted
                                        ? publishers.holds(policy, live.credential(), target.attributes())
                                        : Outcome.done(false));
                    }
                });
    }

    /** Nobody can set it any more. Where a later claim was there before, that is so already. */
    private static Outcome<Boolean> closed(Target target, Kept pending) {
        var fenced = target.fence(pending.credential()).ifRejected(true);
        return fenced instanceof Outcome.Unavailable<Boolean>(var reason) && reason == RotationReason.CONFLICT
                ? Outcome.done()
                : fenced;
    }

    /** It is on record before it is done. */
    private Outcome<Boolean> delete(RotationPolicy policy, RotationId run, long before) {
        var ref = ObjectRef.secretRotation(policy.namespace(), policy.name());
        var swept = new RotationSwept(new RunRef(run, ref), clock.instant(), List.of(run));
        Bridge.await(() -> unit.run(work -> work.state(swept).replaceWith(true)));
        return stores.of(policy).discard(policy, run, before);
    }

    private long claimsBefore(Duration age) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant().minus(age));
    }
}
