package io.keyturn.testbed.bench;

import java.util.List;

import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.platform.Platform;

/** Single roles that become due at once, each read by a Deployment of one pod that is ready as soon as it runs. */
final class WithDeployments {
    private final Platform platform;
    private final TopicTail rotations;
    private final ManyRoles roles;

    WithDeployments(Platform platform, TopicTail rotations, int size) {
        this.platform = platform;
        this.rotations = rotations;
        this.roles = new ManyRoles(platform.testbed(), "bench-consumers", size);
    }

    void measure(Report report) {
        var client = platform.testbed().kubernetes().admin();
        var namespace = roles.fleet().namespace();
        var all = roles.members();
        int size = all.size();
        roles.furnish();
        all.forEach(member -> TestObjects.deployment(client, namespace, member, member));
        var byHand = new RollOuts(client, namespace);
        byHand.start(all);
        roles.adopt(_ -> platform.testbed().postgres().port());
        double limit = size / byHand.seconds(List.of(all));
        Processes.awaitQuiet(platform);

        var cpuBefore = Processes.cpu(platform);
        var round = roles.rotate(all, rotations);
        round.await(all);
        Processes.awaitQuiet(platform);
        var cpu = Processes.cpuSince(platform, cpuBefore);

        report.must(round.succeeded(all) == size, "all " + size + " rotations with a Deployment each succeeded");
        report.figure(
                size + " rotations due at once, a Deployment of one pod each",
                round.perSecond(all),
                "per s",
                new Report.Limit("the same roll-outs by hand, all at once", limit));
        report.figure("  request → succeeded, p50", round.sinceRequest(all).median() / 1000, "s");
        report.figure("  request → succeeded, p99", round.sinceRequest(all).quantile(0.99) / 1000, "s");
        Processes.tellCost("rotation with a Deployment", cpu, size, report);
    }
}
