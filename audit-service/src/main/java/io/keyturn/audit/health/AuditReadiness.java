package io.keyturn.audit.health;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.audit.ingest.Persistence;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.hibernate.reactive.mutiny.Mutiny;

/** Not ready while recording is held up or the database does not answer a reader. Liveness depends on neither. */
@Readiness
@ApplicationScoped
class AuditReadiness implements AsyncHealthCheck {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final Mutiny.SessionFactory sessions;
    private final Persistence persistence;

    AuditReadiness(Mutiny.SessionFactory sessions, Persistence persistence) {
        this.sessions = sessions;
        this.persistence = persistence;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        if (persistence.isHeldUp()) {
            return Uni.createFrom().item(down("RECORDING_HELD_UP"));
        }
        return sessions.withSession(session ->
                        session.createNativeQuery("select 1", Integer.class).getSingleResult())
                .ifNoItem()
                .after(LIMIT)
                .fail()
                .map(_ -> HealthCheckResponse.up("audit"))
                .onFailure()
                .recoverWithItem(() -> down("DATABASE"));
    }

    private static HealthCheckResponse down(String reason) {
        return HealthCheckResponse.named("audit")
                .down()
                .withData("reason", reason)
                .build();
    }
}
