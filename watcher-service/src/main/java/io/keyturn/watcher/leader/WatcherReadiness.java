package io.keyturn.watcher.leader;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.watcher.topic.StatementSender;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready as a standby that can see the Lease, or as a leader that is in step with the cluster and can say what it sees; else it
 * says what it waits for.
 */
@Readiness
@ApplicationScoped
class WatcherReadiness implements HealthCheck {
    private static final String NOTHING = "NOTHING";

    private final Campaign campaign;
    private final StatementSender sender;

    WatcherReadiness(Campaign campaign, StatementSender sender) {
        this.campaign = campaign;
        this.sender = sender;
    }

    @Override
    public HealthCheckResponse call() {
        var role = campaign.role();
        var waitsFor = waitsFor(role);
        return HealthCheckResponse.named("watcher")
                .status(waitsFor.equals(NOTHING))
                .withData("role", role.name())
                .withData("waitsFor", waitsFor)
                .build();
    }

    private String waitsFor(Role role) {
        return switch (role) {
            case IDLE -> NOTHING;
            case STANDBY -> campaign.waitsFor();
            case CATCHING_UP, LEADING -> sender.isHeldUp() ? "TOPIC" : campaign.waitsFor();
        };
    }
}
