package io.keyturn.watcher;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import io.keyturn.kit.start.Concurrency;
import io.keyturn.kit.start.PositiveDuration;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Settings of watcher-service. */
@ConfigMapping(prefix = "keyturn.watcher")
public interface WatcherConfig {
    /** The namespace the service runs in: its Lease is there. */
    @WithDefault("${POD_NAMESPACE:keyturn-system}")
    String namespace();

    /** Who leads. */
    Leader leader();

    /** What is due by schedule. */
    Schedule schedule();

    /** What is watched. */
    Observe observe();

    /** The fingerprint master. */
    Master master();

    /** Who leads. */
    interface Leader {
        /** Whether this instance stands for election when it starts. */
        @WithDefault("true")
        boolean campaign();

        /** The name of the Lease. */
        @WithDefault("keyturn-watcher")
        String lease();

        /** How long a Lease is valid without being renewed: a dead leader is replaced after this. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("15s")
        Duration leaseDuration();

        /** A leader that could not renew for so long gives up; shorter than lease-duration. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("10s")
        Duration renewDeadline();

        /** How often the Lease is renewed, or tried for; shorter than renew-deadline. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("2s")
        Duration retryPeriod();
    }

    /** What is due by schedule. */
    interface Schedule {
        /**
         * How many scheduled runs are asked for per minute at most. So many at once after a quiet minute; what else is overdue waits in line, a
         * request by annotation does not.
         */
        @WithConverter(Concurrency.class)
        @WithDefault("60")
        int perMinute();
    }

    /** What is watched. */
    interface Observe {
        /** Namespaces nothing is stated about. Default: the service's own. */
        Optional<Set<String>> ignoredNamespaces();

        /** How many objects are looked at, and statements sent, at once. */
        @WithConverter(Concurrency.class)
        @WithDefault("32")
        int inFlight();

        /** How many objects one page of a LIST holds; a page is held in memory for a moment. */
        @WithConverter(Concurrency.class)
        @WithDefault("50")
        int pageSize();

        /** How often the cluster's version is read, to notice a restored etcd. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("30s")
        Duration versionCheck();
    }

    /** The fingerprint master. */
    interface Master {
        /** The KV version 2 mount it lies in. */
        @WithDefault("keyturn")
        String mount();

        /** Its path; field {@code key} holds 32 bytes or more in base64. Its version is the generation of fingerprints. */
        @WithDefault("fingerprint-master")
        String path();

        /** How long after a new version fingerprints carry the one before as well. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("24h")
        Duration overlap();

        /** How often it is read again. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("5m")
        Duration refresh();
    }
}
