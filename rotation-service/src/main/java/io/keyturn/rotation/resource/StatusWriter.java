package io.keyturn.rotation.resource;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.History;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.resource.StatusView.Standing;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jspecify.annotations.Nullable;

/**
 * Keeps status in step with the database, by server-side apply under a field manager of our own. A run does not wait for it:
 * changes are noted, those of one SecretRotation within half a second become one write, and a write that failed is made again at
 * the next change or resync.
 */
@ApplicationScoped
public class StatusWriter {
    /** More may follow: a run without consumers is through in less. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final KubernetesClient kubernetes;
    private final RotationStore store;
    private final KnownRotations known;
    private final DryRuns dryRuns;
    private final RunFinalizer finalizer;
    private final Clock clock;
    private final Duration approvalDeadline;
    private final Map<String, ObjectRef> noted = new ConcurrentHashMap<>();
    private final DelayQueue<Due> order = new DelayQueue<>();
    private final Map<String, SecretRotationStatus> written = new ConcurrentHashMap<>();
    private volatile @Nullable Thread thread;

    /** When to look at a SecretRotation; by {@link System#nanoTime}. */
    private record Due(String uid, long at) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    StatusWriter(
            KubernetesClient kubernetes,
            RotationStore store,
            KnownRotations known,
            DryRuns dryRuns,
            RunFinalizer finalizer,
            Clock clock,
            RotationConfig config) {
        this.kubernetes = kubernetes;
        this.store = store;
        this.known = known;
        this.dryRuns = dryRuns;
        this.finalizer = finalizer;
        this.clock = clock;
        this.approvalDeadline = config.runner().approvalDeadline();
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("status-writer").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Notes that this SecretRotation's status may have changed. */
    public void changed(ObjectRef ref, String uid) {
        if (noted.put(uid, ref) == null) {
            order.add(new Due(uid, System.nanoTime() + PAUSE.toNanos()));
        }
    }

    /** The same at once: a run is over, and who asks for the next one names it. */
    public void ended(ObjectRef ref, String uid) {
        noted.put(uid, ref);
        order.add(new Due(uid, System.nanoTime()));
    }

    /** The same, unless what was written last is what the runs say. */
    void changed(ObjectRef ref, String uid, History history) {
        var last = written.get(uid);
        if (!view(uid, history, last).equals(last)) {
            changed(ref, uid);
        }
    }

    /** Takes note that a status was lost or rewritten by somebody else: it is made anew. */
    void rewrite(ObjectRef ref, String uid) {
        written.remove(uid);
        changed(ref, uid);
    }

    /** The object is gone. */
    void forget(String uid) {
        written.remove(uid);
    }

    /** Whether this is what was last written; true when nothing was written yet. */
    boolean isAsWritten(String uid, @Nullable SecretRotationStatus seen) {
        var last = written.get(uid);
        return last == null
                || seen != null
                        && Objects.equals(last.phase(), seen.phase())
                        && Objects.equals(last.principal(), seen.principal())
                        && Objects.equals(last.lastRotation(), seen.lastRotation());
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                var uid = order.take().uid();
                var ref = noted.remove(uid);
                if (ref != null) {
                    write(ref, uid);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                RotationLog.LOG.heldUp("status", e.getClass().getSimpleName());
            }
        }
    }

    private SecretRotationStatus view(String uid, History history, @Nullable SecretRotationStatus last) {
        return StatusView.of(history, standing(uid, last), approvalDeadline).withDryRun(dryRuns.answerTo(uid));
    }

    /** After a start nothing was written yet: what the object says was said by us before. */
    private Standing standing(String uid, @Nullable SecretRotationStatus last) {
        var rotation = known.find(uid);
        var problem = rotation.flatMap(known::problemOf).orElse(null);
        var generation = rotation.map(r -> r.getMetadata().getGeneration()).orElse(null);
        var said = Optional.ofNullable(last)
                .or(() -> rotation.map(SecretRotation::getStatus))
                .orElse(null);
        return Standing.of(
                generation, rotation.filter(KnownRotations::isSuspended).isPresent(), problem, said, clock.instant());
    }

    /** What is deleted is let go when its status is written, since it is gone then. */
    private void write(ObjectRef ref, String uid) {
        var history = Bridge.await(() -> store.history(uid));
        write(ref, uid, history);
        finalizer.settle(uid, history);
    }

    private void write(ObjectRef ref, String uid, History history) {
        var last = written.get(uid);
        var status = view(uid, history, last);
        if (status.equals(last)) {
            return;
        }
        // The name that a run was asked for under need not be the right one.
        var right = known.find(uid).map(SecretRotation::ref).orElse(ref);
        var object = new SecretRotation();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(right.namespace())
                .withName(right.name())
                .withUid(uid)
                .build());
        object.setStatus(status);
        try {
            kubernetes
                    .resource(object)
                    .subresource("status")
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(SecretRotations.MANAGER)
                            .withForce(true)
                            .build());
            written.put(uid, status);
        } catch (KubernetesClientException e) {
            boolean gone = e.getCode() == 404 || e.getCode() == 409;
            if (!gone) {
                throw e;
            }
            written.remove(uid);
        }
    }
}
