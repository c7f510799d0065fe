package io.keyturn.testbed.bench;

import java.util.List;

import io.keyturn.testbed.platform.Platform;

/** Many single roles of one database, read by nobody, due at once: how many per second, how long one takes, what it costs each service. */
final class ManyRotations {
    private final Platform platform;
    private final TopicTail rotations;
    private final ManyRoles roles;
    private final RunRows rows;

    ManyRotations(Platform platform, TopicTail rotations, int size) {
        this.platform = platform;
        this.rotations = rotations;
        this.roles = new ManyRoles(platform.testbed(), "bench-roles-" + size, size);
        this.rows = new RunRows(platform.testbed().postgres());
    }

    void measure(RawRotation.Sum raw, Report report) {
        var database = platform.testbed().postgres();
        var all = roles.members();
        int size = all.size();
        roles.furnish();
        roles.adopt(_ -> database.port());
        Processes.awaitQuiet(platform);

        var cpuBefore = Processes.cpu(platform);
        long transactions = rows.transactions();
        long logins = rows.logins(roles.fleet().database());
        var round = roles.rotate(all, rotations);
        round.await(all);
        Processes.awaitQuiet(platform);
        var cpu = Processes.cpuSince(platform, cpuBefore);
        transactions = rows.transactions() - transactions;
        logins = rows.logins(roles.fleet().database()) - logins;

        report.must(round.succeeded(all) == size, "all " + size + " rotations succeeded");
        tell(size + " rotations due at once", round, all, raw, report);
        Processes.tellCost("rotation", cpu, size, report);
        report.figure("  logins that PostgreSQL let in, per rotation", (double) logins / size, "");
        report.figure("  transactions of the state, per rotation", (double) transactions / size, "");
    }

    /** Rate and times of a round beside what the servers alone need. */
    static void tell(String what, Round round, List<String> members, RawRotation.Sum raw, Report report) {
        double rate = round.perSecond(members);
        int cores = Runtime.getRuntime().availableProcessors();
        report.figure(what, rate, "per s", new Report.Limit("raw parts of a rotation, 8 in flight", raw.perSecond()));
        report.figure("  for each of " + cores + " cores (aim: 25)", rate / cores, "per s");
        var driven = round.driven(members);
        var limit = new Report.Limit("raw parts of a rotation, one after the other", raw.seconds() * 1000);
        report.figure("  one run, claimed → ended, p50", driven.median(), "ms", limit);
        report.figure("  one run, claimed → ended, p99", driven.quantile(0.99), "ms", limit);
        var since = round.sinceRequest(members);
        report.figure("  request → succeeded, waiting included, p50", since.median() / 1000, "s");
        report.figure("  request → succeeded, waiting included, p99", since.quantile(0.99) / 1000, "s");
    }
}
