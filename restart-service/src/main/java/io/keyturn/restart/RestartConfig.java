package io.keyturn.restart;

import java.time.Duration;

import io.keyturn.kit.start.Concurrency;
import io.keyturn.kit.start.PositiveDuration;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** How this service restarts workloads. */
@ConfigMapping(prefix = "keyturn.restart")
public interface RestartConfig {
    /** Roll every reader of every object that changes, unless the workload says {@code keyturn.io/restart: "false"}. */
    @WithDefault("false")
    boolean autoReloadAll();

    /** How many workloads of one wave roll at a time where no SecretRotation says it. */
    @WithConverter(Concurrency.class)
    @WithDefault("5")
    int maxParallel();

    /** How long a plan may take where no SecretRotation says it. */
    @WithConverter(PositiveDuration.class)
    @WithDefault("10m")
    Duration deadline();

    /** How long a plan waits for the other Secrets of the same publication. */
    @WithConverter(PositiveDuration.class)
    @WithDefault("10s")
    Duration publicationWait();

    /** How long finished plans are kept. */
    @WithConverter(PositiveDuration.class)
    @WithDefault("30d")
    Duration keepPlans();

    /** Whether Kubernetes Events are written on workloads that are rolled. */
    @WithDefault("true")
    boolean events();
}
