package io.keyturn.system;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** rotation-service without what a process needs: it is not ready, ends, or is slow, and leaves nothing half done. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StarvedServiceST {
    private static final String NAMESPACE = "starved";
    /** Fewer than it has open: it may not open any. */
    private static final String NO_MORE_HANDLES = "16";

    private static final Duration PROBE = Duration.ofSeconds(3);
    private static final Duration STOPPED = Duration.ofMillis(400);
    private static final Duration RUNNING = Duration.ofMillis(100);

    private final RunningService rotation = Keyturn.service(ServiceJar.ROTATION);
    private Scenario scenario;
    private int version;

    @BeforeAll
    void open() {
        scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(120));
    }

    @AfterEach
    void oneNewVersionAndNobodyRefused() {
        assertThat(scenario.vaultVersion()).isEqualTo(version + 1);
        scenario.assertNobodyWasRefused();
    }

    @Proves("R43")
    @Test
    void withoutFileHandlesItIsNotReadyAndItsRunsWait() throws IOException {
        version = scenario.vaultVersion();
        long pid = rotation.pid();
        var usual = mostHandles(pid);
        RotationId run;
        allowHandles(pid, NO_MORE_HANDLES);
        try {
            run = scenario.rotate("no-handles");
            await("not ready").atMost(Scenario.PATIENCE).until(() -> !isSeenReady());
            await("nothing half done")
                    .during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> rotation.isAlive() && scenario.vaultVersion() == version);
        } finally {
            allowHandles(pid, usual);
        }

        rotation.awaitReady();
        scenario.succeeds(run);
        assertThat(rotation.pid()).as("the very process").isEqualTo(pid);
    }

    /** As a kubelet looks: by a connection of its own. */
    private boolean isSeenReady() throws InterruptedException {
        try (var http = HttpClient.newBuilder().connectTimeout(PROBE).build()) {
            var request = HttpRequest.newBuilder(rotation.url("/q/health/ready"))
                    .timeout(PROBE)
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static String mostHandles(long pid) throws IOException {
        try (var limits = Files.lines(Path.of("/proc/" + pid + "/limits"))) {
            return limits.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split(" {2,}")[1].strip())
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void allowHandles(long pid, String most) {
        Child.run(
                "prlimit",
                List.of("prlimit", "--pid", String.valueOf(pid), "--nofile=" + most + ":"),
                Map.of(),
                Duration.ofSeconds(10));
    }

    @Proves("R44")
    @Test
    void withoutMemoryItEndsAtOnceAndItsRunGoesOn() throws IOException {
        version = scenario.vaultVersion();
        var lines = LogLines.fromNow();
        RotationId run;
        try {
            rotation.restart(List.of("-D" + CrashRuns.SETTING + "=" + NAMESPACE + "/orders-db=after-apply"));
            rotation.awaitReady();
            run = scenario.rotate("no-memory");
            lines.await(rotation, CrashRuns.STANDS_STILL);

            Glutton.letInto(rotation.pid());
            await("it ends by itself").atMost(Scenario.PATIENCE).until(() -> !rotation.isAlive());

            assertThat(Files.readString(rotation.log())).contains("Terminating due to java.lang.OutOfMemoryError");
        } finally {
            rotation.restart();
        }
        rotation.awaitReady();
        scenario.succeeds(run);
    }

    /** Stopped for four fifths of the time. */
    @Proves("R44")
    @Test
    void withAFifthOfTheProcessorARunTakesLongerAndSucceeds() throws InterruptedException {
        version = scenario.vaultVersion();
        var starving = Thread.ofVirtual().start(this::stopAndGo);
        try {
            scenario.succeeds(scenario.rotate("no-time"));
        } finally {
            starving.interrupt();
            starving.join();
        }
    }

    private void stopAndGo() {
        try {
            while (true) {
                rotation.freeze();
                try {
                    Thread.sleep(STOPPED);
                } finally {
                    rotation.unfreeze();
                }
                Thread.sleep(RUNNING);
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }
}
