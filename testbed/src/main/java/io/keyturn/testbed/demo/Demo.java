package io.keyturn.testbed.demo;

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.pod.PodEvent;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.process.RunFolder;
import io.keyturn.testbed.process.StartFailed;
import io.keyturn.testbed.process.Tools;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.awaitility.Awaitility;

/**
 * Starts everything, adopts a credential, rotates it under a live application and shows each step. With {@code --once} it also
 * lets one run roll back, checks what it claims, and ends with 0 or 1; otherwise it stays until it is interrupted.
 */
public final class Demo {
    private static final String NAMESPACE = "shop";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Terminal terminal = new Terminal(System.out);
    private final Claims claims = new Claims(terminal::plain);
    private final Platform platform;
    private final PodRunner pods;
    private final Shop shop;
    private final Follower follower;
    private final AuditTrail audit;
    private volatile boolean rolling;

    private Demo() {
        terminal.heading("Starting Kubernetes API, Kafka, PostgreSQL, OpenBao and the four services");
        terminal.waitingFor("starting");
        var testbed = new Testbed((server, time) ->
                terminal.line(String.format(Locale.ROOT, "%s is up (%.1f s)", server, time.toMillis() / 1e3)));
        platform = Platform.start(
                testbed,
                "demo",
                Shop.hostNames(NAMESPACE),
                Map.of(
                        "KEYTURN_ROTATION_VERIFY_ALLOW_LOOPBACK",
                        "true",
                        "KEYTURN_ROTATION_RUNNER_VOLUME_REFRESH",
                        "6s"),
                terminal::line);
        pods = PodRunner.start(
                testbed.kubernetes().admin(), PodRunner.Options.defaults().withListener(this::onPod));
        terminal.waitingFor("opening the shop");
        shop = Shop.open(testbed, pods, NAMESPACE);
        follower = new Follower(testbed.kafka(), terminal::line);
        audit = new AuditTrail(platform.service(ServiceJar.AUDIT));
        Thread.ofVirtual().start(this::tellLogins);
    }

    public static void main(String[] arguments) {
        boolean once = List.of(arguments).contains("--once");
        try {
            var demo = new Demo();
            demo.adopt();
            demo.rotate();
            if (once) {
                demo.rollBack();
                demo.conclude();
            } else {
                demo.stay();
            }
        } catch (StartFailed e) {
            System.out.println("The demo cannot start: " + e.getMessage());
            System.exit(1);
        } catch (RuntimeException e) {
            System.out.println("The demo stopped: " + e.getMessage() + "; logs: " + RunFolder.path());
            System.exit(1);
        }
    }

    private void adopt() {
        terminal.heading(
                "The shop is open: its pods log in to PostgreSQL all the time. Keyturn adopts the credential as it is");
        terminal.waitingFor("adopting");
        var before = shop.published();
        shop.startRotation(Strategy.ALTERNATING, Duration.ofSeconds(20));
        awaitStatus("Succeeded");
        Awaitility.await().atMost(PATIENCE).until(() -> "True".equals(shop.condition("Adopted", "status")));
        claims.check(shop.published().equals(before), "adopting changed nothing");
    }

    private void rotate() {
        terminal.heading("Rotate: kubectl annotate secretrotation orders-db keyturn.io/rotate=first");
        var retired = shop.published();
        var run = run("first");
        awaitStatus("Succeeded");
        shop.awaitAvailable();
        claims.check("succeeded".equals(follower.endOf(run)), "the rotation succeeded");
        claims.check(failedLogins() == 0, "0 failed logins while it ran");
        claims.check(
                Shop.APPS.stream().allMatch(app -> shop.generation(app) == 2),
                "each application was rolled exactly once");
        claims.check("28P01".equals(login(retired)), "the retired password is refused (SQLSTATE 28P01)");
        claims.check("".equals(login(shop.published())), "the new one logs in");
        showAudit(run, "succeeded");
    }

    private void rollBack() {
        terminal.heading("A rotation that goes wrong: the health check of orders-api is broken from here on");
        var good = shop.published();
        pods.breakHealth(NAMESPACE, "orders-api");
        var run = run("second");
        awaitStatus("RolledBack");
        pods.repairHealth(NAMESPACE, "orders-api");
        shop.awaitAvailable();
        claims.check("rolled-back".equals(follower.endOf(run)), "the rotation went back by itself");
        claims.check(shop.published().equals(good), "the Secret holds the previous value again");
        claims.check("".equals(login(good)), "the previous value logs in");
        claims.check(shop.live("username").equals(user(good)), "Vault's live value is the previous one");
        claims.check(failedLogins() == 0, "0 failed logins all along");
        showAudit(run, "rolled-back");
    }

    /** Asks for a run and waits for its end. */
    private String run(String token) {
        var before = follower.lastRun();
        rolling = true;
        terminal.waitingFor("rotating");
        shop.rotateNow(token);
        Awaitility.await("run " + token)
                .atMost(PATIENCE)
                .until(() -> !follower.lastRun().equals(before)
                        && !follower.endOf(follower.lastRun()).isEmpty());
        rolling = false;
        return follower.lastRun();
    }

    private void awaitStatus(String phase) {
        Awaitility.await("status " + phase).atMost(PATIENCE).until(() -> phase.equals(shop.status("phase")));
    }

    private void showAudit(String run, String end) {
        terminal.heading("What the audit trail says about run " + run);
        for (var entry : audit.of(run, end)) {
            terminal.plain("  #%-4s %s  %s"
                    .formatted(
                            entry.path("seq").asText(),
                            entry.path("time").asText(),
                            entry.path("type").asText()));
        }
        var verdict = audit.verify();
        claims.check(
                verdict.path("ok").asBoolean(),
                "the hash chain over all " + verdict.path("entries").asText() + " entries is intact");
    }

    private void conclude() {
        terminal.waitingFor("");
        follower.close();
        terminal.heading(
                claims.allHold() ? "All claims hold" : "At least one claim is broken; logs: " + RunFolder.path());
        pods.close();
        platform.close();
        platform.testbed().close();
        System.exit(claims.allHold() ? 0 : 1);
    }

    private void stay() {
        terminal.waitingFor("");
        terminal.heading("Now you. It all stays up until Ctrl-C");
        var services = new LinkedHashMap<String, URI>();
        platform.services().forEach(service -> services.put(service.service().shortName(), service.url("/")));
        Invitation.lines(
                        NAMESPACE,
                        platform.testbed().kubernetes().kubeconfig(),
                        Objects.requireNonNull(Tools.program("kubectl").getParent()),
                        services,
                        RunFolder.path())
                .forEach(terminal::plain);
        var health = new HealthAnnotation(platform.testbed().kubernetes().admin(), NAMESPACE, "orders-api");
        while (true) {
            rolling = true;
            health.broken().ifPresent(this::setHealth);
            pause();
        }
    }

    private void setHealth(boolean broken) {
        if (broken) {
            pods.breakHealth(NAMESPACE, "orders-api");
        } else {
            pods.repairHealth(NAMESPACE, "orders-api");
        }
    }

    private void onPod(PodEvent event) {
        if (rolling && event.namespace().equals(NAMESPACE)) {
            terminal.line("%-26s %s".formatted("pod " + event.kind().name().toLowerCase(Locale.ROOT), event.pod()));
        }
    }

    /** A line per second while something goes on, per ten seconds otherwise. */
    private void tellLogins() {
        for (int second = 0; ; second++) {
            if (rolling && second % 2 == 0 || second % 10 == 0) {
                var rates = pods.ledger().loginsPerSecond(NAMESPACE, Duration.ofSeconds(2), Instant.now());
                terminal.line("%-26s %s, failed: %d"
                        .formatted(
                                "logins per second",
                                rates.entrySet().stream()
                                        .map(e -> String.format(Locale.ROOT, "%s %.0f", e.getKey(), e.getValue()))
                                        .sorted()
                                        .collect(Collectors.joining(", ")),
                                failedLogins()));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private int failedLogins() {
        return pods.ledger().failedLogins(NAMESPACE).size();
    }

    private static String user(String url) {
        return URI.create(url).getUserInfo().split(":", 2)[0];
    }

    /** The SQLSTATE of a login from outside; empty when it works. */
    private String login(String url) {
        var parts = URI.create(url);
        var who = parts.getUserInfo().split(":", 2);
        try (var _ = platform.testbed().postgres().connect(parts.getPath().substring(1), who[0], who[1])) {
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }
}
