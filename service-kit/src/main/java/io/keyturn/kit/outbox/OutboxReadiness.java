package io.keyturn.kit.outbox;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while facts wait longer than they should: work goes on, but nobody hears of it. */
@Readiness
@ApplicationScoped
class OutboxReadiness implements AsyncHealthCheck {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final OutboxStore store;

    OutboxReadiness(OutboxStore store) {
        this.store = store;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return store.oldestAge()
                .map(age -> HealthCheckResponse.named("outbox")
                        .status(age.compareTo(LIMIT) < 0)
                        .withData("oldestSeconds", age.toSeconds())
                        .build())
                .onFailure()
                .recoverWithItem(() -> HealthCheckResponse.named("outbox")
                        .down()
                        .withData("reason", "DATABASE")
                        .build());
    }
}
