package io.keyturn.watcher.leader;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.Supplier;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import io.keyturn.watcher.FailureCode;
import io.keyturn.watcher.WatcherLog;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that is stood for, which says why it cannot be had. The elector tries again for ever after a refusal of Kubernetes,
 * and after any other exception never again: so it gets to see none.
 */
final class ElectionLease implements Lock {
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final int CONFLICT = 409;

    private final String name;
    private final String namespace;
    private final Lock lease;
    private volatile @Nullable String failure;
    private @Nullable String told;
    private long toldAt;

    ElectionLease(String namespace, String name, String holder) {
        this.namespace = namespace;
        this.name = name;
        this.lease = new LeaseLock(namespace, name, holder);
    }

    /** Whether the last attempt to have it failed, and nobody is known to hold it. */
    boolean isOutOfReach() {
        return failure != null;
    }

    @Override
    public @Nullable LeaderElectionRecord get(KubernetesClient client) {
        var found = attempt(() -> lease.get(client));
        if (found != null && isHeld(found)) {
            failure = null;
        }
        return found;
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord wanted) {
        write(() -> lease.create(client, wanted));
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord wanted) {
        write(() -> lease.update(client, wanted));
    }

    @Override
    public String identity() {
        return lease.identity();
    }

    @Override
    public String describe() {
        return lease.describe();
    }

    private void write(Runnable call) {
        attempt(() -> {
            call.run();
            failure = null;
            return null;
        });
    }

    private <T> @Nullable T attempt(Supplier<@Nullable T> call) {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            // Somebody else was quicker.
            if (e.getCode() != CONFLICT) {
                failed(e);
            }
            throw e;
        } catch (RuntimeException e) {
            failed(e);
            throw new KubernetesClientException("The Lease cannot be had", e);
        }
    }

    /** The same failure is told once a minute: it is met at every attempt. */
    private synchronized void failed(RuntimeException e) {
        var code = FailureCode.of(e);
        failure = code;
        if (!code.equals(told) || System.nanoTime() - toldAt > SILENCE.toNanos()) {
            told = code;
            toldAt = System.nanoTime();
            WatcherLog.LOG.leaseOutOfReach(name, namespace, code);
        }
    }

    private static boolean isHeld(LeaderElectionRecord found) {
        var holder = found.getHolderIdentity();
        return holder != null
                && !holder.isBlank()
                && found.getRenewTime() != null
                && found.getRenewTime().plus(found.getLeaseDuration()).isAfter(ZonedDateTime.now(ZoneOffset.UTC));
    }
}
