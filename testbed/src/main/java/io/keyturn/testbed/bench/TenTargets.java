package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;

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

    private final TopicTail rotations;
    private final ManyRoles roles;
    private final List<Proxy> links;
    private final List<String> healthy;
    private final List<String> silent;

    TenTargets(Testbed testbed, TopicTail rotations, int size) {
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

        var all = round(roles.members());
        report.must(
                all.succeeded(roles.members()) == size,
                "all " + size + " rotations at " + links.size() + " targets succeeded");
        ManyRotations.tell(
                size + " due at once, " + links.size() + " targets behind proxies", all, roles.members(), raw, report);

        var alone = new ArrayList<Double>();
        var beside = new ArrayList<Double>();
        for (int i = 0; i < (size <= FEW ? ROUNDS : 1); i++) {
            alone.add(round(healthy).perSecond(healthy));
            beside.add(besideSilence(report));
        }
        report.figure(
                healthy.size() + " of them at all targets but one, that one black-holed",
                new Samples(beside).median(),
                "per s",
                new Report.Limit("the same, nothing due at that one (aim: 0.9)", new Samples(alone).median()));
    }

    private Round round(List<String> members) {
        var round = roles.rotate(members, rotations);
        round.await(members);
        return round;
    }

    private double besideSilence(Report report) {
        var toxics = links.getLast().toxics();
        try {
            toxics.timeout(SILENCE, ToxicDirection.UPSTREAM, 0);
            var round = roles.rotate(roles.members(), rotations);
            round.await(healthy);
            report.must(
                    round.succeeded(healthy) == healthy.size(),
                    "all succeeded at the targets beside a black-holed one");
            report.must(round.succeeded(silent) == 0, "none did at the black-holed one");
            toxics.get(SILENCE).remove();
            round.await(silent);
            report.must(round.succeeded(silent) == silent.size(), "all did there once it answered");
            return round.perSecond(healthy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
