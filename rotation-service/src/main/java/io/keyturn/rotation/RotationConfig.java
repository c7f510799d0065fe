package io.keyturn.rotation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.keyturn.kit.start.Concurrency;
import io.keyturn.kit.start.PositiveDuration;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Settings of rotation-service. */
@ConfigMapping(prefix = "keyturn.rotation")
public interface RotationConfig {
    Vault vault();

    Runner runner();

    Verify verify();

    Drift drift();

    Leftovers leftovers();

    /** Where values lie in Vault. */
    interface Vault {
        /** The KV v2 mount of live values. */
        @WithDefault("secret")
        String mount();

        /** The KV v2 mount that holds the values of running rotations; no tenant may read it. */
        @WithDefault("keyturn-pending")
        String pendingMount();
    }

    /** How runs are driven. */
    interface Runner {
        /** Runs driven at once by this process. */
        @WithConverter(Concurrency.class)
        @WithDefault("32")
        int concurrency();

        /**
         * Runs driven at once by this process at one target, a host and port, at most; never more than are free of
         * keyturn.rotation.runner.concurrency, and where the last one got no answer one at a time. So targets that are down or slow do not
         * hold up the runs of others.
         */
        @WithConverter(Concurrency.class)
        @WithDefault("16")
        int perTarget();

        /** How long a run belongs to the process that claimed it without a sign of life; a moment later another one goes on with it. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("12s")
        Duration claim();

        /** How long the runner waits at most before it asks the database for due runs; what it knows of wakes it earlier. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("10s")
        Duration poll();

        /** How long one step forward may keep failing before the run turns back. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("10m")
        Duration stepDeadline();

        /** How long a run waits for a person who lets it begin; then it fails with APPROVAL_EXPIRED. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("72h")
        Duration approvalDeadline();

        /**
         * How long mounted files may show what a Secret held before: how long a kubelet leaves a pod alone (its syncFrequency and half
         * of it again) and how old what it knows of Secrets may be then.
         */
        @WithConverter(PositiveDuration.class)
        @WithDefault("150s")
        Duration volumeRefresh();

        /**
         * For tests only: where runs stand still for ever, so that a test can kill the process there. A list of {@code namespace/name=point};
         * a point is {@code before-}, {@code after-} or {@code committed-} and the step, as in {@code after-apply}. A wrong one is refused at
         * the start with the names of all points.
         */
        Optional<List<String>> crashPoints();
    }

    /** The checks of spec.driftCheck. */
    interface Drift {
        /** Credentials that this process looks at at once. */
        @WithConverter(Concurrency.class)
        @WithDefault("16")
        int concurrency();

        /**
         * Credentials that this process looks at at once at one target, a host and port, at most; never more than are free of
         * keyturn.rotation.drift.concurrency, and where the last look got no answer one at a time. So targets that are down or slow do
         * not hold up the checks of others.
         */
        @WithConverter(Concurrency.class)
        @WithDefault("8")
        int perTarget();

        /** How often this process asks the database which checks are due. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("10s")
        Duration poll();

        /** How long after the first refused login the second one is made that confirms it. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("2s")
        Duration secondLook();
    }

    /** Values that runs have left in the mount of running rotations, where no later run deletes them. */
    interface Leftovers {
        /** How old they are at least before the check of spec.driftCheck deletes them; it must find that the live value is accepted and published. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("1d")
        Duration after();

        /** How old they are at least before they are deleted where their SecretRotation is gone; nobody asks the target then. */
        @WithConverter(PositiveDuration.class)
        @WithDefault("30d")
        Duration afterDeletion();
    }

    /** The checks of spec.verify. */
    interface Verify {
        /** Whether checks may call loopback addresses; only sensible where everything runs on one machine. */
        @WithDefault("false")
        boolean allowLoopback();
    }
}
