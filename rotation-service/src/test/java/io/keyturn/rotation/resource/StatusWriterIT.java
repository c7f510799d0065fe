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

    private @Nullable Instant takenSince() {
        var ready = condition("second", "Ready");
        return ready != null && "CREDENTIAL_TAKEN".equals(ready.reason()) ? ready.lastTransitionTime() : null;
    }
}
