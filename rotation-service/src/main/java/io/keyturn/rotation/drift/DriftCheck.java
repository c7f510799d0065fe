package io.keyturn.rotation.drift;

import java.time.Clock;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.persistence.DriftStore;
import io.keyturn.rotation.persistence.DriftStore.Due;
import io.keyturn.rotation.persistence.DriftStore.Refusal;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.resource.KnownRotations;
import io.keyturn.rotation.resource.SecretRotations;
import io.keyturn.rotation.resource.StatusWriter;
import io.keyturn.rotation.runner.RunSignal;
import io.keyturn.rotation.target.Target.Standing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.mutiny.Uni;

/**
 * One look at one stored credential, and what follows from it. Only a refused login is drift: who does not answer says nothing. What
 * is to be mended is mended by a run, like everything else that changes a target.
 */
@ApplicationScoped
class DriftCheck {
    private final KnownRotations known;
    private final SecretRotations resources;
    private final StoredCredential credential;
    private final Leftovers leftovers;
    private final DriftStore drifts;
    private final RotationStore runs;
    private final UnitOfWork unit;
    private final StatusWriter status;
    private final RunSignal signal;
    private final MeterRegistry metrics;
    private final Tracer tracer;
    private final Clock clock;

    DriftCheck(
            KnownRotations known,
            SecretRotations resources,
            StoredCredential credential,
            Leftovers leftovers,
            DriftStore drifts,
            RotationStore runs,
            UnitOfWork unit,
            StatusWriter status,
            RunSignal signal,
            MeterRegistry metrics,
            Tracer tracer,
            Clock clock) {
        this.known = known;
        this.resources = resources;
        this.credential = credential;
        this.leftovers = leftovers;
        this.drifts = drifts;
        this.runs = runs;
        this.unit = unit;
        this.status = status;
        this.signal = signal;
        this.metrics = metrics;
        this.tracer = tracer;
        this.clock = clock;
    }

    /** Empty where there is nothing to look at. */
    Optional<Outcome<Standing>> make(Due due) throws InterruptedException {
        var rotation = known.find(due.uid()).or(() -> resources.find(due.policy(), due.uid()));
        if (rotation.isEmpty()) {
            forget(due);
            return Optional.empty();
        }
        var policy = known.policyOf(rotation.get());
        // What never was in force cannot drift from it.
        var found = policy.isPresent() && isAdopted(due)
                ? Optional.of(look(due, rotation.get(), policy.get()))
                : Optional.<Outcome<Standing>>empty();
        var next = Pace.next(due.uid(), due.every(), clock.instant());
        Bridge.await(() -> drifts.putOff(due.uid(), next));
        return found;
    }

    /** What was found goes with the SecretRotation; what its runs have left behind a while later. */
    private void forget(Due due) {
        if (leftovers.sweepGone(due.policy(), due.uid())) {
            Bridge.await(() -> unit.run(work -> drifts.accepted(work, due.uid())));
            Bridge.await(() -> drifts.putOff(due.uid(), Pace.next(due.uid(), due.every(), clock.instant())));
        } else {
            Bridge.await(() -> unit.run(work -> drifts.forget(work, due.uid())));
        }
    }

    private boolean isAdopted(Due due) {
        return Bridge.await(() -> runs.history(due.uid())).adopted() != null;
    }

    private Outcome<Standing> look(Due due, SecretRotation rotation, RotationPolicy policy)
            throws InterruptedException {
        var outcome = credential.look(policy);
        var found = outcome instanceof Outcome.Done<Standing>(var standing)
                ? Optional.of(standing)
                : Optional.<Standing>empty();
        Counter.builder("keyturn.drift.checks")
                .description("Looks at stored credentials, by what the target made of them")
                .tag("result", found.map(Standing::name).orElse("UNKNOWN"))
                .register(metrics)
                .increment();
        // Otherwise nobody knows.
        found.ifPresent(standing -> follow(due, rotation, policy, standing));
        return outcome;
    }

    private void follow(Due due, SecretRotation rotation, RotationPolicy policy, Standing found) {
        boolean changed = switch (found) {
            case ACCEPTED -> accepted(due, policy);
            case REFUSED ->
                refused(
                        due,
                        Standing.REFUSED,
                        policy,
                        policy.drift().repairs() && !KnownRotations.isSuspended(rotation));
            // A role that is closed is closed by somebody: it is said, and left alone.
            case LOCKED -> refused(due, Standing.LOCKED, policy, false);
        };
        if (changed) {
            status.changed(rotation.ref(), due.uid());
        }
    }

    private boolean accepted(Due due, RotationPolicy policy) {
        leftovers.sweep(policy);
        return due.open() && Bridge.await(() -> unit.run(work -> drifts.accepted(work, due.uid())));
    }

    /** The finding and the run that is to mend it are one transaction: there is never one without the other. */
    private boolean refused(Due due, Standing standing, RotationPolicy policy, boolean repairs) {
        var refusal = TraceContext.inSpan(tracer, "drift", null, () -> {
            var trace = TraceContext.current();
            return Bridge.await(() -> unit.run(work -> drifts.refused(work, due, standing, policy.drift(), repairs)
                    .chain(refused -> refused.repair()
                            .map(request -> runs.accept(work, request, 0, trace))
                            .orElseGet(() -> Uni.createFrom().item(false))
                            .replaceWith(refused))));
        });
        refusal.repair().ifPresent(request -> {
            RotationLog.LOG.accepted(request.id(), request.about(), request.reason());
            signal.raise();
        });
        return isNews(refusal);
    }

    private static boolean isNews(Refusal refusal) {
        return refusal.raised() || refusal.repair().isPresent();
    }
}
