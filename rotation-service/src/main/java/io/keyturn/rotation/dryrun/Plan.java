package io.keyturn.rotation.dryrun;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Approval;
import io.keyturn.contract.resource.SecretRotationSpec.Consumers;
import io.keyturn.contract.resource.SecretRotationSpec.OnFailure;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import io.keyturn.contract.resource.SecretRotationSpec.Window;
import io.keyturn.contract.resource.SecretRotationStatus.DryRun;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.credential.ValueForm;
import io.keyturn.rotation.dryrun.Findings.Handover;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Overlap;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/** A run told beforehand, in the words that status uses while it goes on. Pure; holds no values. */
record Plan(SecretRotationSpec spec, RotationPolicy policy, Findings found) {
    /** The limits of the schema: an answer that is too long would be none. */
    private static final int LONGEST = 1024;

    private static final int MOST_REFUSALS = 64;
    private static final int MOST_CONSUMERS = 100;

    DryRun answer(String token, Instant at) {
        return answer(token, at, steps(), found.refusals(), consumers(), window());
    }

    /** Of a spec that cannot be carried out there is nothing to tell but why. */
    static DryRun refused(String token, Instant at, List<Refusal> refusals) {
        return answer(token, at, List.of(), refusals, List.of(), null);
    }

    private static DryRun answer(
            String token,
            Instant at,
            List<String> steps,
            List<Refusal> refusals,
            List<String> consumers,
            @Nullable String window) {
        return new DryRun(
                token,
                at,
                steps.stream().map(Plan::shortened).toList(),
                refusals.stream()
                        .limit(MOST_REFUSALS)
                        .map(refusal -> new Refusal(refusal.reason(), shortened(refusal.detail())))
                        .toList(),
                consumers,
                window);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    private List<String> consumers() {
        var names = found.readers().stream().map(Reader::name).toList();
        return names.size() <= MOST_CONSUMERS
                ? names
                : Stream.concat(
                                names.stream().limit(MOST_CONSUMERS),
                                Stream.of("and " + (names.size() - MOST_CONSUMERS) + " more"))
                        .toList();
    }

    private List<String> steps() {
        var steps = new ArrayList<String>();
        steps.add(start());
        if (handover() != null && handover().imported()) {
            steps.add("Adoption first: the store has no value yet, so the published one is proven and imported");
        }
        if (spec.approval() == Approval.Required) {
            steps.add("AwaitingApproval: a person has to approve");
        }
        steps.add(generated());
        steps.add(applied());
        steps.add("Tested: a login with the new value must work");
        steps.add("Promoted: the new value becomes the live one in spec.store");
        steps.add("Published: the new value is written to "
                + policy.secrets().stream().map(ObjectRef::toString).collect(Collectors.joining(", ")));
        restarts(steps);
        steps.add(moved());
        steps.add(retired());
        if (policy.beforeReaders()) {
            steps.add(
                    "Compromised: in a run with that reason the old value dies right after Promoted; readers are refused until they"
                            + " have the new one, and there is no way back");
        }
        steps.add(otherwise());
        return steps;
    }

    private @Nullable Handover handover() {
        return found.target() == null ? null : found.target().handover();
    }

    private String start() {
        if (Boolean.TRUE.equals(spec.suspend())) {
            return "Start: not while spec.suspend is true";
        }
        var schedule = spec.schedule();
        return schedule == null || schedule.every() == null
                ? "Start: on request only, there is no schedule"
                : "Start: on request, or " + scheduled(schedule, schedule.every());
    }

    private static String scheduled(Schedule schedule, Interval every) {
        var jitter = schedule.jitter();
        var windows = requireNonNullElse(schedule.windows(), List.<Window>of());
        return every + " after the last run"
                + (jitter == null || jitter.duration().isZero() ? "" : " and up to " + jitter + " later")
                + (windows.isEmpty()
                        ? ""
                        : windows.stream()
                                .map(Plan::window)
                                .collect(Collectors.joining(", ", ", in the windows ", "")));
    }

    private static String window(Window window) {
        return "'" + window.cron() + "' (" + requireNonNullElse(window.timeZone(), "UTC") + ") for "
                + window.duration();
    }

    private String generated() {
        if (found.target() != null && found.target().issues()) {
            return "Generated: the target issues a new credential, which is kept privately in the store";
        }
        var form = switch (policy.form()) {
            case ValueForm.Characters characters -> characters.length() + " characters";
            case ValueForm.Words words -> words.number() + " words";
        };
        return "Generated: a new value of " + form + " is made and kept privately in the store";
    }

    private String applied() {
        var target = found.target();
        if (target == null) {
            return "Applied: the target accepts the new value";
        }
        var from = handover() == null
                ? "the live credential"
                : "the credential of " + handover().from();
        var to = handover() == null || handover().to() == null
                ? ""
                : " for " + handover().to();
        return switch (target.overlap()) {
            case BOTH_VALID -> "Applied: the target accepts the new value" + to + "; " + from + " stays valid";
            case SWITCHED -> "Applied: the target accepts the new value" + to + " in place of the old one";
        };
    }

    /** restart-service decides who is restarted when; this is what it is told. */
    private void restarts(List<String> steps) {
        var consumers = requireNonNullElse(spec.consumers(), new Consumers(null, null, null));
        var waves = requireNonNullElse(consumers.waves(), List.<List<String>>of());
        for (int i = 0; i < waves.size(); i++) {
            steps.add("Restart, wave " + (i + 1) + ": " + String.join(", ", waves.get(i)) + ", as far as they read it");
        }
        steps.add("Restart" + (waves.isEmpty() ? ": all readers" : ", last: all other readers") + ", at most "
                + requireNonNullElse(consumers.maxParallel(), 1) + " at once");
    }

    private String moved() {
        int checks = policy.checks().size();
        return "ConsumersMoved: within " + new Interval(policy.consumerDeadline())
                + " nobody may hold or use the old value any more"
                + (checks == 0 ? "" : ", and what spec.verify calls must answer: " + checks + ", not called now");
    }

    private String retired() {
        var handover = handover();
        if (handover != null && !handover.ours()) {
            return "Retired: nothing; " + handover.from() + " is not named in spec.target, so it is left as it is";
        }
        var target = found.target();
        if (target != null && target.overlap() == Overlap.SWITCHED) {
            return "Retired: " + after(policy.grace()) + " a login with the old value must be refused";
        }
        return "Retired: " + after(policy.grace()) + " the old value is taken away"
                + (policy.terminateSessions() ? ", sessions that still use it are ended" : "")
                + ", and a login with it must be refused";
    }

    private static String after(Duration grace) {
        return grace.isZero() ? "at once" : new Interval(grace) + " later";
    }

    private String otherwise() {
        return switch (requireNonNullElse(spec.onFailure(), OnFailure.RollBack)) {
            case RollBack -> "Otherwise: what fails before ConsumersMoved brings the previous value back everywhere";
            case Pause -> "Otherwise: a run that fails stops, and waits for a person";
        };
    }

    private @Nullable String window() {
        var target = found.target();
        if (target == null) {
            return "Not known, for the target could not be opened";
        }
        return switch (target.overlap()) {
            case BOTH_VALID -> null;
            case SWITCHED ->
                "The target has one credential: from Applied on it refuses logins with the old value, of each reader until it was"
                        + " restarted. If that takes longer than " + new Interval(policy.consumerDeadline())
                        + " the run goes back, and readers of the new value are refused until they are back too";
        };
    }
}
