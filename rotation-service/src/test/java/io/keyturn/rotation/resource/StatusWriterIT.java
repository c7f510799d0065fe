package io.keyturn.rotation.resource;

import java.time.Instant;

import jakarta.inject.Inject;

import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class StatusWriterIT extends Scenario {
    @Inject
    StatusWriter writer;

    @Inject
    DryRuns dryRuns;

    @Inject
    KnownRotations known;

    @Test
    void problemThatOutlastsARestartKeepsTheTimeItWasFirstSaid() {
        var older = adopted(true);
        var created = Instant.parse(older.getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(created.plusSeconds(1)));
        var second = shop.alternating("second");
        await().atMost(PATIENCE).until(() -> takenSince() != null);
        var since = requireNonNull(takenSince());
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(since.plusSeconds(2)));
        var uid = second.getMetadata().getUid();

        // As after a start: what was written is not known any more.
        writer.forget(uid);
        writer.changed(second.ref(), uid);
        await().atMost(PATIENCE).until(() -> !writer.isAsWritten(uid, null));

        assertThat(takenSince()).isEqualTo(since);
    }

    @Test
    void answerToADryRunOutlastsARestart() {
        var policy = adopted(true);
        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/dry-run\": \"look-1\"}}}");
        await().atMost(PATIENCE).until(() -> shop.find("orders").getStatus().dryRun() != null);
        var answer = shop.find("orders").getStatus().dryRun();
        var uid = policy.getMetadata().getUid();
        await().atMost(PATIENCE)
                .until(() ->
                        known.find(uid).map(seen -> seen.getStatus().dryRun()).isPresent());

        // As after a start: neither what was written nor what was answered is known any more.
        writer.forget(uid);
        dryRuns.forget(uid);
        writer.changed(policy.ref(), uid);
        await().atMost(PATIENCE).until(() -> !writer.isAsWritten(uid, null));

        assertThat(dryRuns.answer(uid)).as("asked anew").isFalse();
        assertThat(shop.find("orders").getStatus().dryRun()).isEqualTo(answer);
    }

    private @Nullable Instant takenSince() {
        var ready = condition("second", "Ready");
        return ready != null && "CREDENTIAL_TAKEN".equals(ready.reason()) ? ready.lastTransitionTime() : null;
    }
}
