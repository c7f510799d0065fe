package io.keyturn.watcher.leader;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.watcher.topic.StatementSender;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready as standby, or as a leader that is in step with the cluster and can say what it sees; else it says what it waits for. */
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

    /** A standby waits for its turn only. */
    private String waitsFor(Role role) {
        if (role != Role.LEADING && role != Role.CATCHING_UP) {
            return NOTHING;
        }
        return sender.isHeldUp() ? "TOPIC" : campaign.waitsFor();
    }
}
