package io.keyturn.rotation.drift;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.keyturn.contract.event.RotationSwept;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.rotation.persistence.DriftStore.Due;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Values that lie in the private mount, and that no run will delete. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class LeftoversIT extends Scenario {
    private final Testbed bed = Testbed.shared();
    private final RotationId lost = newRun();

    @Inject
    DriftCheck check;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatALostRunHasLeftIsOnRecordAndDeletedOnceNobodyNeedsIt(boolean alternating) throws Exception {
        var policy = rotated(alternating);
        leave(lost, Duration.ofDays(2));
        leave(lost, Duration.ofDays(3));

        look(policy);

        assertThat(shop.keptRuns("orders")).isEmpty();
        awaitSwept(lost);
        var next = newRun();
        state(policy, next, last(policy), null);
        awaitOutcome("Succeeded", next);
    }

    @Test
    void whatIsYoungStays() throws Exception {
        var policy = rotated(true);
        leave(lost, Duration.ofDays(2));
        leave(lost, Duration.ofHours(23));

        look(policy);

        assertThat(shop.keptRuns("orders")).containsExactly(lost + "/");
        assertThat(Topics.of(lost)).isEmpty();
    }

    /** It may be what the database accepts. */
    @Test
    void whereTheLiveValueIsRefusedNothingIsForgotten() throws Exception {
        var policy = rotated(false, "driftCheck: {repair: Never}");
        leave(lost, Duration.ofDays(2));
        bed.postgres().execute("postgres", "alter role \"" + shop.roleA + "\" password 'another'");

        look(policy);

        assertThat(shop.keptRuns("orders")).containsExactly(lost + "/");
    }

    /** Readers hold it then. */
    @Test
    void whereAnotherValueIsPublishedNothingIsForgotten() throws Exception {
        var policy = rotated(true);
        leave(lost, Duration.ofDays(2));
        bed.kubernetes()
                .admin()
                .resource(shop.secret())
                .edit(secret -> new SecretBuilder(secret)
                        .addToStringData("password", "another")
                        .build());

        look(policy);

        assertThat(shop.keptRuns("orders")).containsExactly(lost + "/");
    }

    @Test
    void valuesOfASecretRotationThatIsGoneAreDeletedAfterAMonth() {
        var policy = rotated(true);
        var run = last(policy);
        leave(run, Duration.ofDays(31));

        bed.kubernetes().admin().resource(policy).delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.keptRuns("orders")).isEmpty());
        awaitSwept(run);
        await().atMost(PATIENCE).until(() -> !isLookedAt(policy));
    }

    @Test
    void untilThenTheyStayAndAreNotForgotten() throws Exception {
        var policy = rotated(true);
        var run = last(policy);
        leave(run, Duration.ofDays(29));

        bed.kubernetes().admin().resource(policy).delete();
        await().atMost(PATIENCE).until(() -> shop.find("orders") == null);
        look(policy);

        assertThat(shop.keptRuns("orders")).containsExactly(run + "/");
        assertThat(isLookedAt(policy)).isTrue();
    }

    private SecretRotation rotated(boolean alternating, String... more) {
        var policy = adopted(alternating, more);
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);
        return shop.find("orders");
    }

    /** A kept value of that age. */
    private void leave(RotationId run, Duration age) {
        long claim = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().minus(age));
        shop.leaveFirstValue(run, "pending-" + claim + "-1");
    }

    private void look(SecretRotation policy) throws InterruptedException {
        check.make(new Due(policy.ref(), policy.getMetadata().getUid(), Duration.ofHours(1), Instant.now(), false));
    }

    private void awaitSwept(RotationId run) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run).getLast().event())
                        .isInstanceOfSatisfying(
                                RotationSwept.class,
                                swept -> assertThat(swept.runs()).containsExactly(run)));
    }

    private static boolean isLookedAt(SecretRotation policy) {
        var uid = policy.getMetadata().getUid();
        return !RotationBed.ask("select policy_uid from drift where policy_uid = '" + uid + "'")
                .isEmpty();
    }
}
