package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;

/**
 * The roles of one database behind ten addresses, each of which is a target of its own to rotation-service: how fast those of nine are
 * rotated while the tenth swallows packets, beside how fast they are without it.
 */
final class TenTargets {
    private static final int TARGETS = 10;
    /** Of few roles a round is short, and varies. */
    private static final int FEW = 100;

    private static final int ROUNDS = 3;
    private static final String SILENCE = "silence";

    private final Platform platform;
    private final TopicTail rotations;
    private final ManyRoles roles;
    private final List<Proxy> links;
    private final List<String> healthy;
    private final List<String> silent;

    /** All due at once while the last target swallows packets, and what the services spent until those of the others had ended. */
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
        this.silent = roles.members().stream()
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
        var beside = new ArrayList<Double>();
        for (int left = size <= FEW ? ROUNDS : 1; left > 0; left--) {
            alone.add(round(healthy).perSecond(healthy));
            var silence = besideSilence(report);
            beside.add(silence.round().perSecond(healthy));
            if (left == 1) {
                ManyRotations.tell(
                        healthy.size() + " due at once beside a black-holed target",
                        silence.round(),
                        healthy,
                        raw,
                        report);
                Processes.tellCost("rotation", silence.cpu(), healthy.size(), report);
            }
        }
        report.figure(
                healthy.size() + " beside a black-holed target, median of rounds",
                new Samples(beside).median(),
                "per s",
                new Report.Limit("the same, nothing due at that one (aim: 0.9)", new Samples(alone).median()));
    }

    private Round round(List<String> members) {
        var round = roles.rotate(members, rotations);
        round.await(members);
        return round;
    }

    private Beside besideSilence(Report report) {
        var toxics = links.getLast().toxics();
        try {
            toxics.timeout(SILENCE, ToxicDirection.UPSTREAM, 0);
            var before = Processes.cpu(platform);
            var round = roles.rotate(roles.members(), rotations);
            round.await(healthy);
            var cpu = Processes.cpuSince(platform, before);
            report.must(
                    round.succeeded(healthy) == healthy.size(),
                    "all succeeded at the targets beside a black-holed one");
            report.must(round.succeeded(silent) == 0, "none did at the black-holed one");
            toxics.get(SILENCE).remove();
            round.await(silent);
            report.must(round.succeeded(silent) == silent.size(), "all did there once it answered");
            return new Beside(round, cpu);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
