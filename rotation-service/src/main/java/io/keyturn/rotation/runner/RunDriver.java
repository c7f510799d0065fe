package io.keyturn.rotation.runner;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PolicyReader;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.resource.KnownRotations;
import io.keyturn.rotation.resource.SecretRotations;
import io.keyturn.rotation.resource.StatusWriter;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.RotationSaga;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.Situation;
import io.keyturn.rotation.saga.Situation.Limits;
import io.keyturn.rotation.step.RunContext;
import io.keyturn.rotation.step.Steps;
import io.keyturn.rotation.step.Targets;
import io.keyturn.rotation.step.Workbench;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

/** Drives one claimed run: command, outcome, decision, commit, and so on until it waits or is over. */
@ApplicationScoped
public class RunDriver {
    private final RotationStore store;
    private final Steps steps;
    private final Targets targets;
    private final SecretRotations resources;
    private final KnownRotations known;
    private final HttpChecks checks;
    private final StatusWriter status;
    private final RunMetrics metrics;
    private final RunSignal signal;
    private final ClaimKeeper claims;
    private final RotationConfig.Runner config;
    private final Tracer tracer;
    private final Clock clock;
    private volatile boolean stopping;

    RunDriver(
            RotationStore store,
            Steps steps,
            Targets targets,
            SecretRotations resources,
            KnownRotations known,
            HttpChecks checks,
            StatusWriter status,
            RunMetrics metrics,
            RunSignal signal,
            ClaimKeeper claims,
            RotationConfig config,
            Tracer tracer,
            Clock clock) {
        this.store = store;
        this.steps = steps;
        this.targets = targets;
        this.resources = resources;
        this.known = known;
        this.checks = checks;
        this.status = status;
        this.metrics = metrics;
        this.signal = signal;
        this.claims = claims;
        this.config = config.runner();
        this.tracer = tracer;
        this.clock = clock;
    }

    /** From now on no further command is begun. */
    void stop() {
        stopping = true;
    }

    /** What the SecretRotation says for this run: a policy to work by, or else what that means for the run, and why. */
    private record Reading(
            @Nullable SecretRotationSpec spec,
            @Nullable RotationPolicy policy,
            Input otherwise,
            @Nullable String detail) {}

    /** What was read, and what came of it. */
    private record Tried(Reading reading, Input input) {}

    void drive(Run claimed) {
        var run = claimed;
        try (var bench = steps.bench()) {
            var reader = new Reader();
            var next = Optional.of(run);
            while (next.isPresent() && !stopping) {
                run = next.get();
                next = advance(run, reader, bench);
            }
            if (next.isPresent()) {
                var mine = next.get();
                Bridge.await(() -> store.release(mine));
            }
        } catch (RuntimeException e) {
            RotationLog.LOG.unexpected(run.id(), run.policy(), e.getClass().getSimpleName());
        }
        if (!run.state().isOver()) {
            status.changed(run.policy(), run.policyUid());
        }
    }

    /** One command and its commit; empty when there is nothing more to do now. */
    private Optional<Run> advance(Run run, Reader reader, Workbench bench) {
        var command = RotationSaga.command(run.state());
        if (command == null) {
            return Optional.empty();
        }
        var name = "rotation " + command.getClass().getSimpleName();
        return TraceContext.inSpan(tracer, name, run.traceparent(), () -> {
            // Reading asks name servers: it may take its time as the command may.
            var tried = claims.during(run, config.claim(), () -> attempt(command, run, reader.read(run), bench));
            var reading = tried.reading();
            var decision = RotationSaga.decide(run.state(), tried.input(), situation(run, reading.policy()));
            return commit(run, decision, reading);
        });
    }

    private Tried attempt(Command command, Run run, Reading reading, Workbench bench) {
        var policy = reading.policy();
        if (policy == null) {
            return new Tried(reading, reading.otherwise());
        }
        var context = new RunContext(run.ref(), policy, run.epoch(), TraceContext.current(), bench);
        return new Tried(reading, metrics.timed(command, () -> steps.carryOut(command, context)));
    }

    private Optional<Run> commit(Run run, Decision decision, Reading reading) {
        var trace = TraceContext.current();
        var committed = Bridge.await(
                () -> store.commit(run, decision, reading.spec(), reading.detail(), config.claim(), trace));
        if (committed.isEmpty()) {
            RotationLog.LOG.takenOver(run.id(), run.policy());
            return Optional.empty();
        }
        // A state that begins anew, as it does while a request is suspended, is no news.
        if (!decision.next().equals(run.state())) {
            report(run, decision.next());
        }
        if (!decision.delay().isZero()) {
            signal.raiseAfter(decision.delay());
            return Optional.empty();
        }
        return committed;
    }

    private void report(Run run, RotationState next) {
        RotationLog.LOG.entered(run.id(), run.policy(), next.phase());
        if (next instanceof RotationState.Compensating back && !(run.state() instanceof RotationState.Compensating)) {
            RotationLog.LOG.turnsBack(run.id(), run.policy(), back.reason());
        }
        metrics.entered(run, next);
        if (next.isOver()) {
            status.ended(run.policy(), run.policyUid());
        } else {
            status.changed(run.policy(), run.policyUid());
        }
    }

    /** Reads what the SecretRotation says, and keeps it as long as the run is driven by the same spec. */
    private final class Reader {
        private @Nullable Reading last;

        Reading read(Run run) {
            var before = last;
            boolean same = before != null && before.policy() != null && before.spec() == run.spec();
            last = same ? before : RunDriver.this.read(run);
            return requireNonNull(last);
        }
    }

    /** A run that has begun keeps the spec it began with; a request takes the spec of now. */
    private Reading read(Run run) {
        var spec = run.spec();
        boolean begins = run.state() instanceof RotationState.Requested;
        if (begins && Bridge.await(() -> store.isOvertaken(run))) {
            return new Reading(null, null, new Input.Rejected(RotationReason.STALE_REQUEST), null);
        }
        if (begins || spec == null) {
            try {
                var found = resources.find(run.policy(), run.policyUid());
                if (found.isEmpty()) {
                    return new Reading(null, null, new Input.Rejected(RotationReason.DELETED), null);
                }
                spec = found.get().getSpec();
                if (spec != null && Boolean.TRUE.equals(spec.suspend())) {
                    return new Reading(null, null, new Input.Suspended(), null);
                }
                var rival = known.rivalOf(found.get());
                if (rival.isPresent()) {
                    var taken = new Input.Rejected(rival.get().reason());
                    return new Reading(spec, null, taken, rival.get().detail());
                }
            } catch (KubernetesClientException e) {
                var unreachable = new Input.Unavailable(RotationReason.KUBERNETES_UNREACHABLE);
                return new Reading(spec, null, unreachable, null);
            }
        }
        return reading(run, spec, begins);
    }

    /** What cannot be carried out as written is refused; what a name in a check stands for is of interest at the beginning only. */
    private Reading reading(Run run, @Nullable SecretRotationSpec spec, boolean begins) {
        var result = targets.read(run.policy(), run.policyUid(), spec);
        var invalid = new Input.Rejected(RotationReason.INVALID_SPEC);
        return switch (result) {
            case PolicyReader.Result.Usable(var policy) -> {
                var forbidden = begins ? checks.forbidden(policy.checks()) : Optional.<Fault>empty();
                yield forbidden.isPresent()
                        ? new Reading(spec, null, invalid, forbidden.get().toString())
                        : new Reading(spec, policy, invalid, null);
            }
            case PolicyReader.Result.Faulty(var faults) -> new Reading(spec, null, invalid, text(faults));
        };
    }

    private static String text(List<?> faults) {
        return faults.stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private Situation situation(Run run, @Nullable RotationPolicy policy) {
        var limits = policy == null
                ? new Limits(config.stepDeadline(), config.stepDeadline(), Duration.ZERO, Duration.ZERO)
                : new Limits(
                        config.stepDeadline(),
                        requireNonNullElse(policy.patience(), config.stepDeadline()),
                        policy.consumerDeadline(),
                        policy.grace());
        return new Situation(run.ref(), clock.instant(), run.since(), run.tries(), limits);
    }
}
