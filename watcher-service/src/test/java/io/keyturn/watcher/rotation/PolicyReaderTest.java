package io.keyturn.watcher.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.keyturn.watcher.due.Due;
import io.keyturn.watcher.due.DueCheck;
import io.keyturn.watcher.due.Policy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PolicyReaderTest {
    private static Policy read(String rest) {
        return PolicyReader.read(new KubernetesSerialization().unmarshal("""
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata:
                  name: db
                  namespace: shop
                  uid: u1
                  creationTimestamp: "2026-01-01T00:00:00Z"
                """ + rest, GenericKubernetesResource.class));
    }

    @Test
    void everythingOfInterestIsRead() {
        var policy = read("""
                  annotations: {keyturn.io/rotate: now, keyturn.io/compromised: leak-7, keyturn.io/requested-by: "jane@example.org"}
                spec:
                  suspend: true
                  schedule: {every: 30d, jitter: 10m, windows: [{cron: "0 2 * * *", duration: 2h, timeZone: Europe/Rome}]}
                status:
                  conditions: [{type: Adopted, status: "True"}]
                  lastRotation: {id: abc, requestReason: COMPROMISE, finishedAt: "2026-01-02T00:00:00Z", outcome: Succeeded}
                """);
        assertThat(policy.suspended()).isTrue();
        assertThat(policy.adopted()).isTrue();
        assertThat(policy.rotateToken()).isEqualTo("now");
        assertThat(policy.compromisedToken()).isEqualTo("leak-7");
        assertThat(policy.requestedBy()).hasToString("jane@example.org");
        assertThat(policy.schedule()).isNotNull();
        assertThat(Objects.requireNonNull(policy.schedule()).windows()).hasSize(1);
        assertThat(policy.lastRun()).isNotNull();
        assertThat(Objects.requireNonNull(policy.lastRun()).finishedAt()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(Objects.requireNonNull(policy.lastRun()).succeeded()).isTrue();
        assertThat(Objects.requireNonNull(policy.lastRun()).emergency()).isTrue();
    }

    @Test
    void whatANewerVersionWroteIsNoObstacle() {
        var policy = read("""
                spec:
                  generate: {alphabet: emoji, length: lots}
                  target: {quantum: {}}
                  schedule: {every: 1d}
                status:
                  lastRotation: {id: abc, outcome: Exploded, finishedAt: yesterday}
                """);
        assertThat(policy.badField()).isNull();
        assertThat(policy.lastRun()).isNotNull();
        assertThat(Objects.requireNonNull(policy.lastRun()).succeeded()).isFalse();
    }

    @Test
    void lengthOfTimeThatIsNoneIsNamed() {
        var policy = read("spec: {schedule: {every: 30 days}}");
        var due = DueCheck.decide(policy, Instant.EPOCH);
        assertThat(due).isInstanceOf(Due.Invalid.class);
        assertThat(due.message()).startsWith("spec.schedule.every: write a length of time");
    }

    @Test
    void actorOfImpossibleFormIsNobody() {
        assertThat(read("  annotations: {keyturn.io/requested-by: \"a=b=\"}\nspec: {}\n")
                        .requestedBy())
                .isNull();
    }

    @Test
    void runIsUnderWayBetweenItsFirstPhaseAndItsOutcome() {
        for (var phase : List.of("Requested", "Published", "ANewOne")) {
            assertThat(read("status: {phase: %s}".formatted(phase)).underWay())
                    .as(phase)
                    .isTrue();
        }
        for (var phase : List.of("Pending", "Succeeded", "RolledBack", "Failed")) {
            assertThat(read("status: {phase: %s}".formatted(phase)).underWay())
                    .as(phase)
                    .isFalse();
        }
        assertThat(read("spec: {}").underWay()).isFalse();
    }
}
