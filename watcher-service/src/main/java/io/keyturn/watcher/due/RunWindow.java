package io.keyturn.watcher.due;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.keyturn.contract.resource.SecretRotationSpec.Window;
import org.jspecify.annotations.Nullable;

/**
 * A window: opens by a five-field cron expression in a time zone and stays open for a length of elapsed time. An opening that
 * a clock change skips takes place when the clock resumes; one that it repeats takes place once.
 */
public final class RunWindow {
    private static final CronParser CRON = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    /** More than any clock is moved. */
    private static final Duration CLOCK_CHANGE = Duration.ofHours(3);

    private final ExecutionTime openings;
    private final ZoneId zone;
    private final Duration duration;

    private RunWindow(ExecutionTime openings, ZoneId zone, Duration duration) {
        this.openings = openings;
        this.zone = zone;
        this.duration = duration;
    }

    /** The windows of a schedule, or the first field that cannot be understood. */
    public sealed interface Parsed {
        record Windows(List<RunWindow> windows) implements Parsed {}

        record Bad(BadSchedule problem) implements Parsed {}
    }

    /** Reads windows; none is fine: a run may then start at any time. */
    public static Parsed parse(@Nullable List<Window> windows) {
        var result = new ArrayList<RunWindow>();
        int index = 0;
        for (var window : windows == null ? List.<Window>of() : windows) {
            var path = "spec.schedule.windows[" + index++ + "]";
            var zone = zone(window.timeZone());
            if (zone == null) {
                return bad(path + ".timeZone", "write a time zone of the IANA database, such as Europe/Rome or UTC");
            }
            var openings = openings(window.cron());
            if (openings == null) {
                return bad(
                        path + ".cron",
                        "write five fields, one space apart: minute, hour, day of the month, month and day of the week,"
                                + " such as 0 2 * * *");
            }
            var duration = window.duration();
            if (duration == null || !duration.duration().isPositive()) {
                return bad(path + ".duration", "write a length of time above nothing, such as 2h");
            }
            var parsed = new RunWindow(openings, zone, duration.duration());
            if (parsed.nextOpening(Instant.EPOCH).isEmpty()) {
                return bad(path + ".cron", "write a date that comes, such as 0 2 * * *");
            }
            result.add(parsed);
        }
        return new Parsed.Windows(List.copyOf(result));
    }

    /** When the window that is open at an instant closes; the later one of two. Empty when none is open. */
    static Optional<Instant> closing(List<RunWindow> windows, Instant at) {
        return windows.stream()
                .flatMap(w -> w.lastOpening(at).map(opened -> opened.plus(w.duration)).stream())
                .filter(closes -> closes.isAfter(at))
                .max(Comparator.naturalOrder());
    }

    /** When the window that is open at an instant opened; of two the later. Empty when none is open. */
    static Optional<Instant> opened(List<RunWindow> windows, Instant at) {
        return windows.stream()
                .flatMap(w -> w
                        .lastOpening(at)
                        .filter(opened -> opened.plus(w.duration).isAfter(at))
                        .stream())
                .max(Comparator.naturalOrder());
    }

    /** The first opening after an instant. */
    static Optional<Instant> opening(List<RunWindow> windows, Instant after) {
        return windows.stream().flatMap(w -> w.nextOpening(after).stream()).min(Comparator.naturalOrder());
    }

    private Optional<Instant> nextOpening(Instant after) {
        var local = local(after).minus(CLOCK_CHANGE);
        while (true) {
            var next = openings.nextExecution(local);
            if (next.isEmpty() || instant(next.get()).isAfter(after)) {
                return next.map(this::instant);
            }
            local = next.get();
        }
    }

    /** The last opening that is not after an instant. */
    private Optional<Instant> lastOpening(Instant at) {
        var local = local(at).plus(CLOCK_CHANGE);
        while (true) {
            var last = openings.lastExecution(local);
            if (last.isEmpty() || !instant(last.get()).isAfter(at)) {
                return last.map(this::instant);
            }
            local = last.get();
        }
    }

    /** Wall-clock time, written as if it were UTC: cron is then free of clock changes, and we decide what they mean. */
    private ZonedDateTime local(Instant instant) {
        return instant.atZone(zone).toLocalDateTime().atZone(ZoneOffset.UTC);
    }

    /** A time that the clock skips is as much later as it skips; of one that it repeats the first counts. */
    private Instant instant(ZonedDateTime local) {
        return local.toLocalDateTime().atZone(zone).toInstant();
    }

    private static Parsed bad(String field, String fix) {
        return new Parsed.Bad(new BadSchedule(field, fix));
    }

    private static @Nullable ZoneId zone(@Nullable String name) {
        try {
            return name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable ExecutionTime openings(@Nullable String cron) {
        try {
            return cron == null ? null : ExecutionTime.forCron(CRON.parse(cron));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
