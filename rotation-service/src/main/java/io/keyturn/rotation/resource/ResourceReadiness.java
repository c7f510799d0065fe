package io.keyturn.rotation.resource;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once all SecretRotations are known. */
@Readiness
@ApplicationScoped
class ResourceReadiness implements HealthCheck {
    private final KnownRotations known;

    ResourceReadiness(KnownRotations known) {
        this.known = known;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("secretrotations")
                .status(known.isComplete())
                .build();
    }
}
