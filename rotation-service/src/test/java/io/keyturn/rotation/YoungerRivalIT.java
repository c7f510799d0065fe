package io.keyturn.rotation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A service that has just started and may not list SecretRotations yet: it can read each, but does not know which there are. */
@QuarkusTest
@TestProfile(YoungerRivalIT.WithoutList.class)
class YoungerRivalIT extends Scenario {
    private static final Comparator<SecretRotation> AGE = Comparator.comparing(
                    (SecretRotation rotation) -> rotation.getMetadata().getCreationTimestamp())
            .thenComparing(rotation -> rotation.getMetadata().getUid());

    @TestHTTPResource("/q/health/ready")
    @SuppressWarnings("NullAway.Init")
    URI readiness;

    public static final class WithoutList implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Servers.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    public static final class Servers implements QuarkusTestResourceLifecycleManager {
        private final RotationBed servers = new RotationBed();

        @Override
        public Map<String, String> start() {
            var settings = servers.start();
            permit("get", "watch");
            return settings;
        }

        @Override
        public void stop() {
            servers.stop();
        }
    }

    @Test
    void nothingBeginsNorIsLookedAtBeforeAllAreKnown() throws Exception {
        created(shop, true);
        shop.alternating("other");
        var younger =
                Stream.of(shop.find("orders"), shop.find("other")).max(AGE).orElseThrow();
        var run = newRun();
        state(younger, run, newRun(), null);
        await().atMost(PATIENCE)
                .until(() -> isTrue("select count(*) = 1 from rotation where id = '%s'".formatted(run)));
        makeLookDue(younger);

        await().during(Duration.ofSeconds(5))
                .atMost(Duration.ofSeconds(15))
                .until(() -> isTrue("""
                        select (select epoch = 0 from rotation where id = '%s') and (select due_at < now() from drift where policy_uid = '%s')
                        """.formatted(run, younger.getMetadata().getUid())));

        assertThat(readiness()).isEqualTo(503);
        permit("get", "list", "watch");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reason(run)).isEqualTo(RotationReason.CREDENTIAL_TAKEN));
        var older = Stream.of("orders", "other")
                .filter(name -> !name.equals(younger.getMetadata().getName()))
                .findFirst()
                .orElseThrow();
        await().atMost(PATIENCE).until(() -> isAdopted(older));
        assertThat(isAdopted(younger.getMetadata().getName())).isFalse();
        assertThat(readiness()).isEqualTo(200);
    }

    private static void permit(String... verbs) {
        var quoted = Stream.of(verbs).map(verb -> '"' + verb + '"').collect(Collectors.joining(", "));
        Testbed.shared()
                .kubernetes()
                .admin()
                .resources(ClusterRole.class)
                .withName("keyturn-rotation")
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\": \"replace\", \"path\": \"/rules/0/verbs\", \"value\": [" + quoted + "]}]");
    }

    private int readiness() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(readiness).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static void makeLookDue(SecretRotation rotation) {
        var meta = rotation.getMetadata();
        Testbed.shared()
                .postgres()
                .execute(
                        RotationBed.DATABASE,
                        "insert into drift (policy_uid, namespace, name, every_millis, due_at) values ('%s', '%s', '%s', 60000, now())"
                                .formatted(meta.getUid(), meta.getNamespace(), meta.getName()));
    }

    private boolean isAdopted(String name) {
        var adopted = condition(name, "Adopted");
        return adopted != null && "True".equals(adopted.status());
    }

    private static @Nullable RotationReason reason(RotationId run) {
        return Topics.of(run).stream()
                .map(EventEnvelope::event)
                .filter(RotationFailed.class::isInstance)
                .map(event -> ((RotationFailed) event).reason())
                .findFirst()
                .orElse(null);
    }

    private static boolean isTrue(String sql) {
        return RotationBed.ask(sql).equals(List.of("t"));
    }
}
