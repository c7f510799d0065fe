package io.keyturn.rotation.runner;

import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.RotationState;
import io.micrometer.core.instrument.MeterRegistry;

/** How runs end, and how long steps take. */
@ApplicationScoped
class RunMetrics {
    private final MeterRegistry registry;

    RunMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    Input timed(Command command, Supplier<Input> work) {
        var timer = registry.timer(
                "keyturn.rotation.step", "step", command.getClass().getSimpleName());
        return timer.record(work);
    }

    void entered(Run run, RotationState next) {
        if (next.isOver()) {
            var reason = switch (next) {
                case RotationState.Failed failed -> failed.reason().name();
                case RotationState.RolledBack(var why) -> why.name();
                default -> "NONE";
            };
            registry.counter(
                            "keyturn.rotations",
                            "cause",
                            run.reason().name(),
                            "outcome",
                            next.phase(),
                            "reason",
                            reason)
                    .increment();
        }
    }
}
