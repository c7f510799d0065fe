package io.keyturn.restart.api;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.restart.workload.WorkloadInformers;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the index holds all workloads: before, nobody could be planned for. */
@Readiness
@ApplicationScoped
class InformersReadiness implements HealthCheck {
    private final WorkloadInformers informers;

    InformersReadiness(WorkloadInformers informers) {
        this.informers = informers;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("workloads").status(informers.synced()).build();
    }
}
