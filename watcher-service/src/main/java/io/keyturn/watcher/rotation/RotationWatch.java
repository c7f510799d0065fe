package io.keyturn.watcher.rotation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.watcher.FailureCode;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.due.Due;
import io.keyturn.watcher.due.Due.Waiting;
import io.keyturn.watcher.due.DueCheck;
import io.keyturn.watcher.due.Policy;
import io.keyturn.watcher.due.Requests;
import io.keyturn.watcher.due.StartRate;
import io.keyturn.watcher.topic.StatementSender;
import org.jspecify.annotations.Nullable;

/**
 * Watches SecretRotations and asks for the runs that are due, by schedule or by annotation; keeps the watcher's part of their
 * status. One virtual thread decides, each time an object changes or the earliest date has come.
 */
@ApplicationScoped
public class RotationWatch {
    /** Clocks are set: no sleep is longer. */
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private static final Duration SAID_AGAIN_AFTER = Duration.ofMinutes(2);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final StatementSender sender;
    private final ScheduleStatus status;
    private final Clock clock;
    private final Duration firstPause;
    private final int perMinute;

    @Inject
    RotationWatch(
            KubernetesClient client, StatementSender sender, ScheduleStatus status, Clock clock, WatcherConfig config) {
        this(client, sender, status, clock, SAID_AGAIN_AFTER, config.schedule().perMinute());
    }

    RotationWatch(
            KubernetesClient client,
            StatementSender sender,
            ScheduleStatus status,
            Clock clock,
            Duration firstPause,
            int perMinute) {
        this.client = client;
        this.sender = sender;
        this.status = status;
        this.clock = clock;
        this.firstPause = firstPause;
        this.perMinute = perMinute;
    }

    /** Watches until the answer is closed. */
    public AutoCloseableWatch start() {
        return new Run();
    }

    /** Closing fails with no checked exception. */
    public interface AutoCloseableWatch extends AutoCloseable {
        @Override
        void close();
    }

    private final class Run implements AutoCloseableWatch, ResourceEventHandler<GenericKubernetesResource> {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final Map<ObjectRef, GenericKubernetesResource> objects = new HashMap<>();
        private final Map<ObjectRef, Instant> wakeAt = new HashMap<>();
        /** Requests this run of the watcher has made; made again after a restart they are the same requests. */
        private final Map<ObjectRef, Requests> requested = new HashMap<>();

        private final StartRate rate = new StartRate(perMinute);

        private final Thread scheduler;
        private final AutoCloseable informer;

        Run() {
            var watched = client.genericKubernetesResources(ScheduleStatus.API_VERSION, ScheduleStatus.KIND)
                    .inAnyNamespace()
                    .runnableInformer(0)
                    .exceptionHandler((_, failure) -> {
                        WatcherLog.LOG.watchInterrupted(ScheduleStatus.KIND, FailureCode.of(failure));
                        return true;
                    });
            watched.addEventHandler(this);
            watched.start();
            informer = watched::stop;
            scheduler = Thread.ofVirtual().name("rotation-scheduler").start(this::schedule);
        }

        @Override
        public void close() {
            try {
                informer.close();
                scheduler.interrupt();
                scheduler.join(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                throw new IllegalStateException("An informer must stop", e);
            }
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            put(object);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
            put(now);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
            lock.lock();
            try {
                var ref = ref(object);
                objects.remove(ref);
                wakeAt.remove(ref);
                requested.remove(ref);
                rate.leave(ref);
            } finally {
                lock.unlock();
            }
        }

        private void put(GenericKubernetesResource object) {
            lock.lock();
            try {
                objects.put(ref(object), object);
                wakeAt.put(ref(object), Instant.MIN);
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        private static ObjectRef ref(GenericKubernetesResource object) {
            return ObjectRef.secretRotation(
                    object.getMetadata().getNamespace(), object.getMetadata().getName());
        }

        private void schedule() {
            try {
                while (true) {
                    for (var object : awaitWork()) {
                        decide(object);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Blocks until some object changed or is due; takes those off the list. */
        private List<GenericKubernetesResource> awaitWork() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (true) {
                    var now = clock.instant();
                    var ready = new ArrayList<GenericKubernetesResource>();
                    var sleep = LONGEST_SLEEP;
                    for (var entry : Map.copyOf(wakeAt).entrySet()) {
                        if (!entry.getValue().isAfter(now)) {
                            wakeAt.remove(entry.getKey());
                            var object = objects.get(entry.getKey());
                            if (object != null) {
                                ready.add(object);
                            }
                        } else if (Duration.between(now, entry.getValue()).compareTo(sleep) < 0) {
                            sleep = Duration.between(now, entry.getValue());
                        }
                    }
                    if (!ready.isEmpty()) {
                        return ready;
                    }
                    changed.awaitNanos(sleep.plusMillis(1).toNanos());
                }
            } finally {
                lock.unlock();
            }
        }

        private void decide(GenericKubernetesResource object) {
            var ref = ref(object);
            try {
                var policy = PolicyReader.read(object);
                var now = clock.instant();
                var due = DueCheck.decide(policy, now);
                wake(ref, due instanceof Waiting(var at) ? at : null);
                ask(policy, due, now);
                status.write(object, due);
            } catch (KubernetesClientException e) {
                // 404 and 409: deleted, or deleted and made again. The watch says so in a moment.
                if (e.getCode() != 404 && e.getCode() != 409) {
                    retry(ref, e);
                }
            } catch (RuntimeException e) {
                retry(ref, e);
            }
        }

        private void ask(Policy policy, Due due, Instant now) {
            var requests = requests(policy.ref());
            for (var request : requests.toSay(policy, due, now)) {
                var at = placeOf(request, requests, now);
                if (at.isAfter(now)) {
                    wake(policy.ref(), at);
                } else {
                    sender.request(request);
                    requests.said(request, now);
                    rate.leave(policy.ref());
                }
            }
            // While a run is under way nothing is said again: its end changes the status, and that wakes.
            wake(policy.ref(), policy.underWay() ? null : requests.again().orElse(null));
        }

        /** Who asks by hand waits for nobody, and what is said again has had its place. */
        private Instant placeOf(RotationRequested request, Requests requests, Instant now) {
            return request.reason() == RequestReason.SCHEDULE && !requests.isSaid(request.id())
                    ? rate.placeOf(request.about(), request.id(), now)
                    : now;
        }

        private Requests requests(ObjectRef ref) {
            lock.lock();
            try {
                return requested.computeIfAbsent(ref, _ -> new Requests(firstPause));
            } finally {
                lock.unlock();
            }
        }

        private void retry(ObjectRef ref, RuntimeException failure) {
            if (!Thread.currentThread().isInterrupted()) {
                WatcherLog.LOG.objectHeldUp(ref, FailureCode.of(failure));
                wake(ref, clock.instant().plus(RETRY));
            }
        }

        /** Unless it changed meanwhile. */
        private void wake(ObjectRef ref, @Nullable Instant at) {
            lock.lock();
            try {
                if (at != null && objects.containsKey(ref)) {
                    wakeAt.merge(ref, at, (one, other) -> one.isBefore(other) ? one : other);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
