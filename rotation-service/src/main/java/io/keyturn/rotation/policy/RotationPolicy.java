package io.keyturn.rotation.policy;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.credential.ValueForm;
import io.keyturn.rotation.saga.Retirement;
import org.jspecify.annotations.Nullable;

/**
 * A SecretRotation that can be carried out: read, defaulted and free of faults.
 *
 * @param targetService the Service the target's host may name, whose pods are the target and not its consumers
 * @param secrets the Secrets that consumers read in the end
 * @param form of the values that Keyturn makes
 * @param terminateSessions whether the sessions of the old value are to be ended, for which the admin must have the right
 * @param emergency whether somebody else may know the old value: its sessions are ended as far as the admin may
 * @param beforeReaders whether in an emergency the old value dies before the new one is published
 * @param approval whether a run waits for a person before it begins
 * @param pauses whether a run that would turn back waits for a person instead
 * @param drift how it is noticed that the target does not accept the stored value any more
 * @param patience how long the target may make a run wait for its acceptance; null for as long as any step
 */
public record RotationPolicy(
        String namespace,
        String name,
        String uid,
        SecretRotationSpec.Target target,
        @Nullable TargetService targetService,
        SecretRotationSpec.Store store,
        List<SecretRotationSpec.Publication> publish,
        List<ObjectRef> secrets,
        ValueForm form,
        @Nullable Duration patience,
        Duration consumerDeadline,
        Duration grace,
        boolean terminateSessions,
        boolean emergency,
        boolean beforeReaders,
        boolean approval,
        boolean pauses,
        DriftPlan drift,
        List<HttpPlan> checks) {

    /** Whether nobody who is logged in with the old value is waited for. */
    public boolean endsSessions() {
        return terminateSessions || emergency;
    }

    /** When a run takes the old value away. */
    public Retirement retirement() {
        return emergency && beforeReaders ? Retirement.BEFORE_READERS : Retirement.AFTER_READERS;
    }

    /**
     * The same for a value that somebody else may know, and for a run that keeps an emergency waiting: the old value dies at once, with its
     * sessions, and nothing waits for a person.
     */
    public RotationPolicy inEmergency() {
        return new RotationPolicy(
                namespace,
                name,
                uid,
                target,
                targetService,
                store,
                publish,
                secrets,
                form,
                patience,
                consumerDeadline,
                Duration.ZERO,
                terminateSessions,
                true,
                beforeReaders,
                approval,
                false,
                drift,
                checks);
    }

    /**
     * How drift is looked for.
     *
     * @param repairs whether a stored value that the target refuses is set there again
     */
    public record DriftPlan(Duration every, boolean repairs) {
        /** What holds where the spec says nothing. */
        public static final DriftPlan USUAL = new DriftPlan(Duration.ofHours(1), true);

        private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

        /** How long nothing is tried after so many repairs of one finding: as long as between looks, doubling to a day. */
        public Duration pauseAfter(int repairs) {
            var pause = every.multipliedBy(1L << Math.clamp(repairs - 1L, 0, 11));
            var longest = every.compareTo(LONGEST_PAUSE) > 0 ? every : LONGEST_PAUSE;
            return pause.compareTo(longest) > 0 ? longest : pause;
        }
    }

    /** A check to run before the old value is retired. */
    public record HttpPlan(URI url, Duration timeout) {}
}
