package io.keyturn.kit.persistence;

import java.time.Duration;

import io.keyturn.kit.start.PositiveDuration;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The inbox of the services that have one: rotation-service and restart-service. */
@ConfigMapping(prefix = "keyturn.inbox")
public interface InboxConfig {
    /** How long an event is remembered as seen; must be longer than any topic keeps it (30 days), or a replay acts again. */
    @WithConverter(PositiveDuration.class)
    @WithDefault("45d")
    Duration retention();

    /** How often what is older is deleted. */
    @WithConverter(PositiveDuration.class)
    @WithDefault("1h")
    Duration pruneEvery();
}
