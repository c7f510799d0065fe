package io.keyturn.watcher.leader;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready as standby, or as a leader that is in step with the cluster; else it says what it waits for. */
@Readiness
@ApplicationScoped
class WatcherReadiness implements HealthCheck {
    private final Campaign campaign;

    WatcherReadiness(Campaign campaign) {
        this.campaign = campaign;
    }

    @Override
    public HealthCheckResponse call() {
        var role = campaign.role();
        return HealthCheckResponse.named("watcher")
                .status(role != Role.CATCHING_UP || campaign.waitsFor().equals("NOTHING"))
                .withData("role", role.name())
                .withData("waitsFor", campaign.waitsFor())
                .build();
    }
}
