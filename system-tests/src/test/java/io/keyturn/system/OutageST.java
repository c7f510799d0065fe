package io.keyturn.system;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * While a server is away services live, say that they are not ready, and go on by themselves when it is back. What they say meanwhile
 * is whole log lines, whatever their drivers print.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageST {
    private static final String MEANWHILE = "written-meanwhile";
    /** A consumer whose record waited for a minute would be closed for good, if the connector had its way; it looks every 5 s. */
    private static final Duration LONG_FOR_A_RECORD = Duration.ofSeconds(70);

    private Scenario scenario;

    @BeforeAll
    void open() {
        scenario = Scenario.adopted("cut-off", Strategy.ALTERNATING, Duration.ofSeconds(90));
    }

    @Proves({"R21", "I8"})
    @Test
    void kafkaIsAwayForAWhile() {
        var kafka = Keyturn.testbed().kafka();
        outage(
                () -> {
                    kafka.stop();
                    writeASecret(MEANWHILE);
                },
                () -> startsWithoutKafka(Keyturn.service(ServiceJar.RESTART)),
                kafka::resume,
                Set.of(ServiceJar.values()),
                "kafka");
        Keyturn.facts()
                .await(
                        scenario.namespace(),
                        SecretChanged.class,
                        changed -> changed.about().name().equals(MEANWHILE));
    }

    /** Something to say for the watcher: what it cannot say now is not lost. */
    private void writeASecret(String name) {
        Keyturn.testbed()
                .kubernetes()
                .admin()
                .resource(TestObjects.secret(scenario.namespace(), name, "VALUE", "x"))
                .create();
    }

    /** A pod that is moved meanwhile must not be killed for what it cannot help. */
    private static void startsWithoutKafka(RunningService service) {
        service.restart();
        await("started, and not ready")
                .atMost(Scenario.PATIENCE)
                .until(() -> service.status("/q/health/started") == 200 && service.status("/q/health/ready") == 503);
    }

    @Proves({"R17", "I8"})
    @Test
    void postgresIsAwayForAWhile() {
        var postgres = Keyturn.testbed().postgres();
        outage(
                () -> {
                    postgres.stop();
                    writeASecret("waits-for-the-database");
                },
                () -> allLive(LONG_FOR_A_RECORD),
                postgres::resume,
                Set.of(ServiceJar.ROTATION, ServiceJar.RESTART, ServiceJar.AUDIT),
                "postgres");
    }

    private static void allLive(Duration whole) {
        await("all live")
                .during(whole)
                .atMost(whole.plusSeconds(15))
                .untilAsserted(() -> assertThat(Keyturn.platform().services())
                        .allMatch(service -> service.status("/q/health/live") == 200));
    }

    private static Set<ServiceJar> unready() {
        return Keyturn.platform().services().stream()
                .filter(service -> service.status("/q/health/ready") == 503)
                .map(RunningService::service)
                .collect(Collectors.toSet());
    }

    private void outage(Runnable begin, Runnable meanwhile, Runnable end, Set<ServiceJar> affected, String token) {
        var lines = LogLines.fromNow();
        try {
            begin.run();
            await("those that need it say that they are not ready")
                    .atMost(Duration.ofSeconds(45))
                    .untilAsserted(() -> assertThat(unready()).isEqualTo(affected));
            allLive(Duration.ofSeconds(5));
            meanwhile.run();
        } finally {
            end.run();
        }
        // The very processes: one that had ended would fail here.
        Keyturn.platform().services().forEach(RunningService::awaitReady);
        scenario.succeeds(scenario.rotate(token));
        lines.areWhole();
    }
}
