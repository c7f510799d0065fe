package io.keyturn.testbed.bench;

import java.nio.file.Path;
import java.util.Map;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.RunFolder;
import io.keyturn.testbed.process.StartFailed;
import io.keyturn.testbed.process.Tools;
import io.keyturn.testbed.shop.Shop;

/**
 * Starts everything from packaged jars, measures, prints a table and stores it as JSON in {@code target/bench}. Ends with 1 if
 * anything was missed, done twice or went wrong, or one target delayed others; never because of another time.
 */
public final class Bench {
    private final Report report = new Report(System.out);

    private Bench() {}

    public static void main(String[] arguments) {
        var bench = new Bench();
        int code = 1;
        try {
            bench.run(Settings.fromEnvironment());
            code = bench.report.allHolds() ? 0 : 1;
        } catch (StartFailed e) {
            System.out.println("The bench cannot start: " + e.getMessage());
        } catch (RuntimeException e) {
            System.out.println("The bench stopped: " + e + "; logs: " + RunFolder.path());
        }
        System.exit(code);
    }

    private void run(Settings settings) {
        var machine = Machine.facts();
        report.heading("This machine");
        machine.forEach((name, value) -> System.out.printf("  %-18s %s%n", name, value));
        report.heading("Starting the servers and the four services");
        var options = new PostgresServer.Options(true, false, false, Map.of("fsync", settings.fsync() ? "on" : "off"));
        try (var testbed = new Testbed((_, _) -> {}).withPostgres(options);
                var platform = Platform.start(
                        testbed,
                        "bench",
                        Shop.hostNames(OneRotation.NAMESPACE),
                        Map.of("KEYTURN_ROTATION_VERIFY_ALLOW_LOOPBACK", "true"),
                        done -> System.out.println("  " + done))) {
            toItsEnd(settings, platform);
        }
        report.table();
        var file = report.store(Path.of("target", "bench"), machine, settings);
        report.heading((report.allHolds() ? "Stored in " : "Something did not hold; stored in ")
                + Tools.repository().relativize(file.toAbsolutePath()));
    }

    /** What was measured before something broke is told too. */
    private void toItsEnd(Settings settings, Platform platform) {
        try {
            measure(settings, platform);
        } catch (RuntimeException e) {
            var what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            report.must(false, "the bench goes to its end: " + what + "; logs: " + RunFolder.path());
        }
    }

    private void measure(Settings settings, Platform platform) {
        var testbed = platform.testbed();
        var cost = new ServiceCost(platform);
        report.heading("Start, memory, idle");
        cost.starts(settings.starts(), "", Map.of(), report);
        cost.idle(settings.idleSeconds(), report);

        report.heading("Secret change → workload patched");
        var patches = new RawKubernetes(testbed.kubernetes()).patches();
        report.figure(
                "raw PATCH of a Deployment, one after the other, p50",
                patches.latency().median(),
                "ms");
        report.figure("raw PATCH of a Deployment, 16 in flight", patches.perSecond(), "per s");
        new SecretChanges(platform).measure(settings.seconds(), patches, report);

        var postgres = new RawPostgres(testbed.postgres());
        try (var rotations = new TopicTail(testbed.kafka());
                var pods = PodRunner.start(testbed.kubernetes().admin())) {
            report.heading("One rotation of the shop");
            var shop = new OneRotation(testbed, pods, rotations);
            shop.measure(settings.runs(), report);

            report.heading("Many rotations due at once");
            var raw = new RawRotation(testbed).measure(report);
            for (int size : settings.roles()) {
                new ManyRotations(platform, rotations, size).measure(raw, report);
                if (size > 1) {
                    new TenTargets(platform, rotations, size).measure(raw, report);
                }
            }
            new WithDeployments(platform, rotations, settings.deployments()).measure(report);

            if (settings.aot()) {
                report.heading("Start with the AOT cache");
                new AotCache(platform).measure(settings.starts(), shop::rotateOnce, cost, report);
            }
        }
        report.heading("Events onto the audit trail");
        new AuditRate(platform).measure(settings.events(), postgres, report);
        cost.memory("after the load", report);

        report.heading("Requests that wait for a database");
        try (var rotations = new TopicTail(testbed.kafka())) {
            new WaitingRequests(platform, rotations, settings.waiting()).measure(report);
        }
    }
}
