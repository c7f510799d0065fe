package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.system.chaos.Oracle.Window;
import io.keyturn.testbed.openbao.VaultRefused;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.process.RunFolder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For some time one fault follows the other, by a seed, while rotations are asked for without end. The seed gives the same faults in
 * the same order; what they hit is up to the moment.
 */
final class Chaos {
    private static final double LOGINS_PER_SECOND = 50;
    private static final Duration READ_AGAIN = Duration.ofSeconds(1);
    private static final Duration STABLE_WITHIN = Duration.ofSeconds(30);
    /** Looked at no longer than this, to tell slow from never. */
    private static final Duration STABLE_AT_LAST = Duration.ofSeconds(150);
    /** Readers of one role are refused from the change to the publication: for so long while nothing is wrong, and to go on after it was. */
    private static final Duration LONGEST_CALM_WINDOW = Duration.ofSeconds(30);

    private final Duration length;
    private final long seed;
    private final ChaosReport report = new ChaosReport(System.out);

    Chaos(Duration length, long seed) {
        this.length = length;
        this.seed = seed;
    }

    /** Fails where anything was broken that must hold. */
    void breakOut() {
        report.line("Chaos for " + length.toSeconds() + " s; SEED=" + seed + "; logs: " + RunFolder.path());
        try (var bed = new ChaosBed(seed)) {
            var injector = new Injector(bed.platform, bed.target, bed.links);
            bed.fleet.furnish();
            bed.fleet.adopt(bed.links.port(FaultPlan.Link.ROTATION_TARGET), bed.weather.port());
            var oracle = new Oracle(bed.sight, bed.login, READ_AGAIN);
            var runs = new Runs(() -> bed.facts.about(bed.fleet.namespace()));
            int requests;
            Map<Member, Instant> asked;
            Duration stable;
            List<String> complaints;
            List<Throwable> blinded;
            try (var memory = new Memory(bed.platform)) {
                try (var lookouts = new Lookouts(oracle, bed.fleet.members())) {
                    try (var requester = new Requester(bed.fleet, runs, seed)) {
                        spoil(injector);
                        bed.weather.clearUp();
                        requester.close();
                        requests = requester.requests();
                        asked = requester.asked();
                    }
                    var rest = new Rest(bed.fleet, bed.sight, bed.login, runs, asked);
                    var record =
                            AuditRecord.of(bed.platform.service(ServiceJar.AUDIT), bed.facts, bed.fleet.namespace());
                    complaints = awaitRest(rest, record, injector.over());
                    stable = Duration.between(injector.over(), Instant.now());
                    blinded = lookouts.failures();
                }
                tellRotations(runs, bed, requests);
                tellFaults(injector);
                tellOracle(oracle, injector, blinded);
                report.heading("After the last fault");
                report.figure(
                        "all services ready after",
                        ChaosReport.seconds(Duration.between(injector.over(), injector.ready())));
                tellRest(injector, stable, complaints);
                tellMemory(memory);
            }
        }
        report.line("");
        report.line("Stored in " + report.store(seed));
        assertThat(report.broken())
                .as("broken with SEED=%d; logs: %s", seed, RunFolder.path())
                .isEmpty();
    }

    private void spoil(Injector injector) {
        var plan = new FaultPlan(seed, length);
        var end = Instant.now().plus(length);
        Injector.sleep(Duration.ofSeconds(5));
        while (Instant.now().isBefore(end)) {
            var fault = plan.next();
            report.line("  %tT  %s, %s%s%s"
                    .formatted(
                            LocalTime.now(),
                            fault.name(),
                            ChaosReport.seconds(fault.hold()),
                            fault.size() == 0 ? "" : ", " + fault.size(),
                            fault.killedMeanwhile() ? ", and killed" : ""));
            injector.inject(fault);
            Injector.sleep(fault.pause());
        }
    }

    private static List<String> awaitRest(Rest rest, AuditRecord record, Instant over) {
        while (true) {
            var complaints = complaints(rest, record);
            if (complaints.isEmpty() || Instant.now().isAfter(over.plus(STABLE_AT_LAST))) {
                return complaints;
            }
            Injector.sleep(Duration.ofMillis(500));
        }
    }

    private static List<String> complaints(Rest rest, AuditRecord record) {
        try {
            var complaints = rest.complaints();
            return complaints.isEmpty() ? record.complaints() : complaints;
        } catch (VaultRefused | KubernetesClientException | IllegalStateException e) {
            return List.of("store, cluster or audit-service does not answer yet");
        }
    }

    private void tellRotations(Runs runs, ChaosBed bed, int requests) {
        report.heading("Rotations");
        var members = bed.fleet.members();
        report.figure("asked for", requests);
        report.figure("requests said", members.stream().mapToInt(runs::said).sum());
        var endless = members.stream()
                .flatMap(member -> runs.endless(member).stream())
                .toList();
        report.must(endless.isEmpty(), "requests and runs without an end", endless.size());
        report.details(endless);
        var ends = runs.ends(members);
        ends.forEach((end, number) -> report.figure(end, number));
        report.must(
                ends.values().stream().mapToInt(Integer::intValue).sum() > 0,
                "some were done",
                ends.size() + " kinds of ends");
    }

    private void tellFaults(Injector injector) {
        report.heading("Faults");
        report.figure(
                "all",
                injector.injected().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum());
        injector.injected().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> report.figure(entry.getKey(), entry.getValue()));
        report.figure("services that ended by themselves, and were started again", injector.startedAgain());
    }

    private void tellOracle(Oracle oracle, Injector injector, List<Throwable> blinded) {
        var troubles = injector.troubles();
        report.heading("Seen from outside");
        double attempts = oracle.attempts().perSecond(injector.targetAway());
        report.must(
                attempts >= LOGINS_PER_SECOND,
                "logins of readers per second, while the target was there",
                String.format(Locale.ROOT, "%.1f", attempts));
        report.figure("logins of readers that were accepted", oracle.logins());
        report.figure("looks at kept values that found one that logs in", oracle.looks());
        report.figure("looks that came to nothing, since something was away", oracle.blind());
        report.must(blinded.isEmpty(), "lookouts that failed", blinded);
        report.must(
                oracle.refusals(true).isEmpty(),
                "readers refused, two roles",
                oracle.refusals(true).size());
        report.details(oracle.refusals(true));
        report.figure("readers refused, one role", oracle.refusals(false).size());
        var windows = oracle.windows(false);
        report.figure(
                "longest window, one role",
                longest(windows.stream().map(window -> window.span().length())));
        report.must(
                windows.stream().noneMatch(window -> isTooLong(window, troubles)),
                "longest without the faults in it and the starts after them",
                longest(windows.stream().map(window -> window.span().outside(troubles))));
        report.details(
                windows.stream().filter(window -> isTooLong(window, troubles)).toList());
        report.must(oracle.lockOuts().isEmpty(), "lock-outs", oracle.lockOuts().size());
        report.details(oracle.lockOuts());
    }

    private static boolean isTooLong(Window window, List<Span> troubles) {
        return window.span().outside(troubles).compareTo(LONGEST_CALM_WINDOW) > 0;
    }

    private static String longest(Stream<Duration> times) {
        return ChaosReport.seconds(times.max(Comparator.naturalOrder()).orElse(Duration.ZERO));
    }

    private void tellRest(Injector injector, Duration stable, List<String> complaints) {
        report.figure("stable after", complaints.isEmpty() ? ChaosReport.seconds(stable) : "never");
        // What a process takes to start is up to the machine.
        var fromReady = stable.minus(Duration.between(injector.over(), injector.ready()));
        report.must(
                complaints.isEmpty() && fromReady.compareTo(STABLE_WITHIN) <= 0,
                "of this, after all services were ready",
                ChaosReport.seconds(fromReady));
        report.must(
                complaints.stream().noneMatch(text -> text.contains("VALUE LOST")),
                "values lost",
                complaints.stream().filter(text -> text.contains("VALUE LOST")).count());
        report.must(complaints.isEmpty(), "not as it must be", complaints.size());
        report.details(complaints);
    }

    private void tellMemory(Memory memory) {
        report.heading("Memory");
        for (var service : ServiceJar.values()) {
            report.figure(
                    service.principal(),
                    String.format(
                            Locale.ROOT,
                            "%.0f MB at most, %+.2f MB per minute",
                            memory.largest(service),
                            memory.slope(service)));
        }
    }
}
