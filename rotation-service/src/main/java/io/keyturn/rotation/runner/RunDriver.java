package io.keyturn.rotation.runner;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.resource.KnownRotations;
import io.keyturn.rotation.resource.StatusWriter;
import io.keyturn.rotation.runner.CrashPoint.Moment;
import io.keyturn.rotation.runner.RunReader.Reading;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.RotationSaga;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.Situation;
import io.keyturn.rotation.saga.Situation.Limits;
import io.keyturn.rotation.step.RunContext;
import io.keyturn.rotation.step.Steps;
import io.keyturn.rotation.step.Workbench;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

/** Drives one claimed run: command, outcome, decision, commit, and so on until it waits or is over. */
@ApplicationScoped
public class RunDriver {
    /** A target that refuses so many values of one form in a row will refuse the next one too. */
    private static final int DRAWS = 3;
    /** When a run is looked at again whose last step could not be committed. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final RotationStore store;
    private final Steps steps;
    private final RunReader reader;
    private final EndingNamespace ending;
    private final StatusWriter status;
    private final RunMetrics metrics;
    private final RunSignal signal;
    private final ClaimKeeper claims;
    private final RunBulkheads bulkheads;
    private final KnownRotations known;
    private final StandStill tests;
    private final RotationConfig.Runner config;
    private final Tracer tracer;
    private final Clock clock;
    private volatile boolean stopping;

    RunDriver(
            RotationStore store,
            Steps steps,
            RunReader reader,
            EndingNamespace ending,
            StatusWriter status,
            RunMetrics metrics,
            RunSignal signal,
            ClaimKeeper claims,
            RunBulkheads bulkheads,
            KnownRotations known,
            StandStill tests,
            RotationConfig config,
            Tracer tracer,
            Clock clock) {
        this.store = store;
        this.steps = steps;
        this.reader = reader;
        this.ending = ending;
        this.status = status;
        this.metrics = metrics;
        this.signal = signal;
        this.claims = claims;
        this.bulkheads = bulkheads;
        this.known = known;
        this.tests = tests;
        this.config = config.runner();
        this.tracer = tracer;
        this.clock = clock;
    }

    /** From now on no further command is begun. */
    void stop() {
        stopping = true;
    }

    /** What was read, and what came of it. */
    private record Tried(Reading reading, Input input) {}

    void drive(Run claimed) {
        var run = claimed;
        try (var bench = steps.bench()) {
            var reading = new AtomicReference<Reading>();
            var next = Optional.of(run);
            while (next.isPresent() && !stopping) {
                run = next.get();
                next = advance(run, reading, bench);
            }
            if (next.isPresent()) {
                var mine = next.get();
                Bridge.await(() -> store.release(mine));
            }
        } catch (RuntimeException e) {
            RotationLog.LOG.unexpected(run.id(), run.policy(), e.getClass().getSimpleName());
            holdNoLonger(run);
        }
        if (!run.state().isOver()) {
            status.changed(run.policy(), run.policyUid());
        }
    }

    /** What could not be committed, as in a deadlock, is not left alone for as long as a claim lasts: soon somebody looks again. */
    private void holdNoLonger(Run run) {
        try {
            Bridge.await(() -> store.extend(run, SOON));
        } catch (RuntimeException unreachable) {
            // Then the claim ends by itself.
        }
    }

    /** One command and its commit; empty when there is nothing more to do now. */
    private Optional<Run> advance(Run run, AtomicReference<Reading> last, Workbench bench) {
        var command = RotationSaga.command(run.state());
        if (command == null) {
            return Optional.empty();
        }
        var name = "rotation " + command.getClass().getSimpleName();
        return TraceContext.inSpan(tracer, name, run.traceparent(), () -> {
            // Reading asks name servers: it may take its time as the command may.
            var tried = claims.during(run, config.claim(), () -> {
                tests.reached(Moment.BEFORE, command, run);
                var outcome = attempt(command, run, reader.read(run, last.get()), bench);
                tests.reached(Moment.AFTER, command, run);
                return outcome;
            });
            var reading = tried.reading();
            last.set(reading);
            var decision = RotationSaga.decide(run.state(), tried.input(), situation(run, reading.policy()));
            return commit(command, run, decision, reading);
        });
    }

    private Tried attempt(Command command, Run run, Reading reading, Workbench bench) {
        var policy = reading.policy();
        var instead = reading.instead();
        if (policy == null || instead != null) {
            return new Tried(reading, requireNonNull(instead));
        }
        var context = new RunContext(run.ref(), policy, run.epoch(), TraceContext.current(), bench);
        var input = metrics.timed(command, () -> steps.carryOut(command, context));
        bulkheads.heard(known.addressOf(run.policyUid()), command, input);
        return new Tried(reading, ending.judge(run, input));
    }

    private Optional<Run> commit(Command command, Run run, Decision decision, Reading reading) {
        var trace = TraceContext.current();
        var committed = Bridge.await(
                () -> store.commit(run, decision, reading.spec(), reading.detail(), config.claim(), trace));
        if (committed.isEmpty()) {
            RotationLog.LOG.takenOver(run.id(), run.policy());
            return Optional.empty();
        }
        // A state that begins anew, as it does while a request is suspended, is no news.
        if (!decision.next().equals(run.state())) {
            tests.reached(Moment.COMMITTED, command, committed.get());
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

    private Situation situation(Run run, @Nullable RotationPolicy policy) {
        var limits = policy == null
                ? new Limits(
                        config.stepDeadline(),
                        config.stepDeadline(),
                        Duration.ZERO,
                        Duration.ZERO,
                        config.approvalDeadline(),
                        DRAWS,
                        false)
                : new Limits(
                        config.stepDeadline(),
                        requireNonNullElse(policy.patience(), config.stepDeadline()),
                        policy.consumerDeadline(),
                        policy.grace(),
                        config.approvalDeadline(),
                        DRAWS,
                        policy.pauses());
        return new Situation(run.ref(), clock.instant(), run.since(), run.tries(), limits);
    }
}
