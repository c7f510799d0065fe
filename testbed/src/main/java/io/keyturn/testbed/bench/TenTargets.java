package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;

/**
 * The roles of one database behind ten addresses, each of which is a target of its own to rotation-service: how fast those of nine are
 * rotated while the tenth swallows packets, is slow, or refuses connections, beside how fast they are without it.
 */
final class TenTargets {
    private static final int TARGETS = 10;
    /** Of few roles a round is short, and varies. */
    private static final int FEW = 100;

    private static final int ROUNDS = 3;
    /** Of fewer roles chance decides the rate. */
    private static final int ENOUGH = 50;
    /** The share of their rate that is left to the nine, whatever is wrong with the tenth. */
    private static final double SHARE = 0.9;

    private final Platform platform;
    private final TopicTail rotations;
    private final ManyRoles roles;
    private final List<Proxy> links;
    private final List<String> healthy;
    private final List<String> troubled;

    /** What is wrong with the last target while the others are measured. */
    private enum Trouble {
        BLACK_HOLED,
        SLOW,
        REFUSING;

        private static final String TOXIC = "trouble";
        /** A login takes about six answers, and is given up after 5 s. */
        private static final int LATE_MILLIS = 500;

        void begin(Proxy link) throws IOException {
            switch (this) {
                case BLACK_HOLED -> link.toxics().timeout(TOXIC, ToxicDirection.UPSTREAM, 0);
                case SLOW -> link.toxics().latency(TOXIC, ToxicDirection.UPSTREAM, LATE_MILLIS);
                case REFUSING -> link.disable();
            }
        }

        void end(Proxy link) throws IOException {
            switch (this) {
                case BLACK_HOLED, SLOW -> link.toxics().get(TOXIC).remove();
                case REFUSING -> link.enable();
            }
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** All due at once while the last target is in trouble, and what the services spent until those of the others had ended. */
    private record Beside(Round round, Map<ServiceJar, Double> cpu) {}

    TenTargets(Platform platform, TopicTail rotations, int size) {
        var testbed = platform.testbed();
        this.platform = platform;
        this.rotations = rotations;
        this.roles = new ManyRoles(testbed, "bench-targets-" + size, size);
        this.links = IntStream.range(0, Math.min(TARGETS, size))
                .mapToObj(i -> testbed.faults()
                        .proxy(
                                "bench-" + size + "-" + i,
                                "localhost:" + testbed.postgres().port()))
                .toList();
        var last = links.getLast();
        this.healthy = roles.members().stream()
                .filter(member -> !link(member).equals(last))
                .toList();
        this.troubled = roles.members().stream()
                .filter(member -> link(member).equals(last))
                .toList();
    }

    private Proxy link(String member) {
        return links.get(roles.members().indexOf(member) % links.size());
    }

    void measure(RawRotation.Sum raw, Report report) {
        int size = roles.members().size();
        roles.furnish();
        roles.adopt(member -> FaultProxy.port(link(member)));

        Processes.awaitQuiet(platform);
        var before = Processes.cpu(platform);
        var all = round(roles.members());
        Processes.awaitQuiet(platform);
        var cpu = Processes.cpuSince(platform, before);
        report.must(
                all.succeeded(roles.members()) == size,
                "all " + size + " rotations at " + links.size() + " targets succeeded");
        ManyRotations.tell(
                size + " due at once, " + links.size() + " targets behind proxies", all, roles.members(), raw, report);
        Processes.tellCost("rotation", cpu, size, report);

        var alone = new ArrayList<Double>();
        var beside = new EnumMap<Trouble, List<Double>>(Trouble.class);
        for (int left = size <= FEW ? ROUNDS : 1; left > 0; left--) {
            alone.add(round(healthy).perSecond(healthy));
            for (var trouble : Trouble.values()) {
                var measured = beside(trouble, report);
                beside.computeIfAbsent(trouble, _ -> new ArrayList<>())
                        .add(measured.round().perSecond(healthy));
                if (left == 1) {
                    ManyRotations.tell(
                            healthy.size() + " due at once beside a " + trouble + " target",
                            measured.round(),
                            healthy,
                            raw,
                            report);
                    Processes.tellCost("rotation", measured.cpu(), healthy.size(), report);
                }
            }
        }
        beside.forEach((trouble, rates) -> compare(trouble, rates, alone, report));
    }

    private void compare(Trouble trouble, List<Double> beside, List<Double> alone, Report report) {
        double rate = new Samples(beside).median();
        double limit = new Samples(alone).median();
        report.figure(
                healthy.size() + " beside a " + trouble + " target, median of rounds",
                rate,
                "per s",
                new Report.Limit("the same, nothing due at that one (at least " + SHARE + ")", limit));
        if (roles.members().size() >= ENOUGH) {
            report.must(
                    rate >= SHARE * limit,
                    healthy.size() + " beside a " + trouble + " target keep " + SHARE + " of their rate");
        }
    }

    private Round round(List<String> members) {
        var round = roles.rotate(members, rotations);
        round.await(members);
        return round;
    }

    private Beside beside(Trouble trouble, Report report) {
        var link = links.getLast();
        try {
            trouble.begin(link);
            var before = Processes.cpu(platform);
            var round = roles.rotate(roles.members(), rotations);
            round.await(healthy);
            var cpu = Processes.cpuSince(platform, before);
            report.must(
                    round.succeeded(healthy) == healthy.size(),
                    "all succeeded at the targets beside a " + trouble + " one");
            if (trouble != Trouble.SLOW) {
                report.must(round.succeeded(troubled) == 0, "none did at the " + trouble + " one");
            }
            trouble.end(link);
            round.await(troubled);
            report.must(round.succeeded(troubled) == troubled.size(), "all did there once it was well");
            return new Beside(round, cpu);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
