package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.keyturn.system.chaos.FaultPlan.Fault;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.StartFailed;

/** Does what a plan says, one fault after the other. */
final class Injector {
    /** Longer than the claim that runs are held by. */
    private static final Duration LONGER_THAN_A_CLAIM = Duration.ofSeconds(8);

    private static final List<String> LIMITED = List.of("secret", "keyturn-pending");

    private final Testbed testbed;
    private final Platform platform;
    private final PostgresServer target;
    private final Links links;
    private final RunningService rotation;
    private final Map<String, Integer> injected = new TreeMap<>();
    private final List<Span> troubles = new ArrayList<>();
    private final List<Span> targetAway = new ArrayList<>();
    private int startedAgain;
    private Instant over = Instant.now();
    private Instant ready = Instant.now();

    Injector(Platform platform, PostgresServer target, Links links) {
        this.testbed = platform.testbed();
        this.platform = platform;
        this.target = target;
        this.links = links;
        this.rotation = platform.service(ServiceJar.ROTATION);
    }

    /** Returns when the fault is over and all services are ready again. */
    void inject(Fault fault) {
        count(fault.name());
        var began = Instant.now();
        try {
            begin(fault);
            hold(fault);
        } finally {
            end(fault);
            over = Instant.now();
        }
        platform.services().forEach(this::awaitReady);
        ready = Instant.now();
        troubles.add(new Span(began, ready));
        if (fault.kind() == FaultPlan.Kind.TARGET_DOWN) {
            targetAway.add(new Span(began, over));
        }
    }

    private void count(String name) {
        injected.merge(name, 1, Integer::sum);
    }

    private void begin(Fault fault) {
        switch (fault.kind()) {
            case KILLED -> victim(fault).kill();
            case FROZEN -> freeze();
            case TARGET_DOWN -> target.stopImmediately();
            case STATE_DOWN -> testbed.postgres().stopImmediately();
            case STORE_SEALED -> testbed.openBao().seal();
            case STORE_LIMITED -> LIMITED.forEach(this::limit);
            case TOKENS_REVOKED ->
                testbed.openBao().api().write("sys/leases/revoke-prefix/auth/kubernetes/login", Map.of());
            case BROKER_DOWN, BROKER_AWAY -> testbed.kafka().kill();
            case CLUSTER_DOWN -> testbed.kubernetes().stopApiServer();
            case SLOW, BLACK_HOLE, RESET, CUT_SHORT -> links.spoil(fault);
        }
    }

    private RunningService victim(Fault fault) {
        return platform.service(fault.victim());
    }

    private void limit(String mount) {
        testbed.openBao().api().write(quota(mount), Map.of("path", mount + "/", "rate", 2, "interval", "3s"));
    }

    private static String quota(String mount) {
        return "sys/quotas/rate-limit/chaos-" + mount;
    }

    private void freeze() {
        try (var second = platform.another(ServiceJar.ROTATION)) {
            second.awaitReady();
            rotation.freeze();
            sleep(LONGER_THAN_A_CLAIM);
            rotation.unfreeze();
            // Both work for a while.
            sleep(Duration.ofSeconds(2));
            second.stop();
        }
    }

    private void hold(Fault fault) {
        if (fault.kind() == FaultPlan.Kind.KILLED || fault.kind() == FaultPlan.Kind.FROZEN) {
            return;
        }
        if (fault.killedMeanwhile()) {
            sleep(fault.hold().dividedBy(2));
            var victim = victim(fault);
            count("KILLED meanwhile, " + victim.service().principal());
            victim.kill();
            victim.restart();
        }
        sleep(fault.hold());
    }

    private void end(Fault fault) {
        switch (fault.kind()) {
            case KILLED -> victim(fault).restart();
            case FROZEN -> rotation.unfreeze();
            case TARGET_DOWN -> target.resume();
            case STATE_DOWN -> testbed.postgres().resume();
            case STORE_SEALED -> testbed.openBao().unseal();
            case STORE_LIMITED ->
                LIMITED.forEach(mount -> testbed.openBao().api().delete(quota(mount)));
            case TOKENS_REVOKED -> {}
            case BROKER_DOWN, BROKER_AWAY -> testbed.kafka().resume();
            case CLUSTER_DOWN -> testbed.kubernetes().startApiServer();
            case SLOW, BLACK_HOLE, RESET, CUT_SHORT -> links.mend();
        }
    }

    /** A process that ended, since it could not start while something was away, is started again, as a Deployment does. */
    private void awaitReady(RunningService service) {
        while (true) {
            try {
                service.awaitReady();
                return;
            } catch (StartFailed e) {
                if (service.isAlive()) {
                    throw e;
                }
                startedAgain++;
                service.restart();
            }
        }
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often each fault was made. */
    Map<String, Integer> injected() {
        return Map.copyOf(injected);
    }

    /** From the beginning of each fault until all services were ready after it, one after the other. */
    List<Span> troubles() {
        return List.copyOf(troubles);
    }

    /** While the target itself was away, one after the other. */
    List<Span> targetAway() {
        return List.copyOf(targetAway);
    }

    /** How often services ended by themselves and were started again. */
    int startedAgain() {
        return startedAgain;
    }

    /** When the last fault was over: servers are there, and a killed process has been started. */
    Instant over() {
        return over;
    }

    /** When all services were ready after it: a process that starts on a busy machine takes its time. */
    Instant ready() {
        return ready;
    }
}
