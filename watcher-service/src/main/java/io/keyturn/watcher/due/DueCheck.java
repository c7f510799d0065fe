package io.keyturn.watcher.due;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import io.keyturn.watcher.due.Due.AwaitingAdoption;
import io.keyturn.watcher.due.Due.Invalid;
import io.keyturn.watcher.due.Due.Never;
import io.keyturn.watcher.due.Due.Now;
import io.keyturn.watcher.due.Due.Waiting;
import io.keyturn.watcher.due.RunWindow.Parsed.Bad;
import io.keyturn.watcher.due.RunWindow.Parsed.Windows;
import org.jspecify.annotations.Nullable;

/**
 * When a SecretRotation is due: {@code every} after its last run, the first time {@code every} after its creation; after a run
 * that did not succeed sooner, at most an hour later. A date outside all windows moves to the next opening, and a steady
 * offset within {@code jitter} spreads those that fall together. Equal input gives equal instants, on any instance.
 */
public final class DueCheck {
    private static final Duration RETRY = Duration.ofHours(1);

    private DueCheck() {}

    /** Decides for one policy at one instant. */
    public static Due decide(Policy policy, Instant now) {
        if (policy.deleting()) {
            return new Never(ScheduleReason.Deleting);
        }
        if (policy.badField() != null) {
            return new Invalid(policy.badField());
        }
        var schedule = policy.schedule();
        if (schedule == null) {
            return new Never(ScheduleReason.NoSchedule);
        }
        var every = schedule.every();
        if (every == null || !every.duration().isPositive()) {
            return new Invalid(new BadSchedule("spec.schedule.every", "write a length of time, such as 30d"));
        }
        if (schedule.jitter() != null && schedule.jitter().duration().compareTo(every.duration()) > 0) {
            // Else a run would be due later than the one after it.
            return new Invalid(new BadSchedule(
                    "spec.schedule.jitter", "write a length of time no longer than spec.schedule.every"));
        }
        return switch (RunWindow.parse(schedule.windows())) {
            case Bad(var problem) -> new Invalid(problem);
            case Windows(var windows) ->
                policy.suspended()
                        ? new Never(ScheduleReason.Suspended)
                        : decide(policy, schedule, every.duration(), windows, now);
        };
    }

    private static Due decide(Policy policy, Schedule schedule, Duration every, List<RunWindow> windows, Instant now) {
        var jitter =
                schedule.jitter() == null ? Duration.ZERO : schedule.jitter().duration();
        var at = start(windows, earliest(policy, every), jitter, policy.uid());
        if (at == null) {
            return new Invalid(new BadSchedule("spec.schedule.windows", "no window opens after the due date"));
        }
        if (!at.isAfter(now) && isOver(windows, at, now)) {
            // That window passed unused: the one that is open now or the next.
            var from = RunWindow.opened(windows, now).orElse(now);
            at = start(windows, from, jitter, policy.uid());
            if (at == null) {
                return new Invalid(new BadSchedule("spec.schedule.windows", "no window opens any more"));
            }
        }
        if (!policy.adopted()) {
            return new AwaitingAdoption(at);
        }
        return at.isAfter(now) ? new Waiting(at) : new Now(at);
    }

    private static boolean isOver(List<RunWindow> windows, Instant at, Instant now) {
        return !windows.isEmpty()
                && RunWindow.closing(windows, at).filter(now::isBefore).isEmpty();
    }

    private static Instant earliest(Policy policy, Duration every) {
        var last = policy.lastRun();
        if (last == null || last.finishedAt() == null) {
            return policy.createdAt().plus(every);
        }
        var pause = last.succeeded() || every.compareTo(RETRY) < 0 ? every : RETRY;
        return last.finishedAt().plus(pause);
    }

    /** The instant a run starts that is due at another: inside a window, with its offset. Null when no window ever opens. */
    private static @Nullable Instant start(List<RunWindow> windows, Instant due, Duration jitter, Uid uid) {
        if (windows.isEmpty()) {
            return due.plus(offset(uid, jitter));
        }
        var opens = RunWindow.closing(windows, due).isPresent()
                ? due
                : RunWindow.opening(windows, due).orElse(null);
        if (opens == null) {
            return null;
        }
        var open = RunWindow.closing(windows, opens)
                .map(closes -> Duration.between(opens, closes))
                .orElse(Duration.ZERO);
        return opens.plus(offset(uid, jitter.compareTo(open) < 0 ? jitter : open));
    }

    /** From zero up to, not including, the given length; whole seconds, always the same for a uid. */
    private static Duration offset(Uid uid, Duration within) {
        long seconds = within.toSeconds();
        return seconds <= 0
                ? Duration.ZERO
                : Duration.ofSeconds(Long.remainderUnsigned(RequestId.stableHash(uid.value()), seconds));
    }
}
