package io.keyturn.rotation.resource;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.History;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.runner.RunSignal;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/**
 * Adopts every SecretRotation once: the first run of each imports the live value, proves it and changes nothing. A failed
 * adoption is tried again when the spec changes, and after growing pauses, because what it lacked may have come.
 */
@ApplicationScoped
public class Adopter {
    private static final Duration RESYNC = Duration.ofSeconds(30);

    /** How many SecretRotations are looked at at once, after a start or a resync: each of them holds what it has read. */
    private static final int LOOKS = 16;

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final KubernetesClient kubernetes;
    private final UnitOfWork unit;
    private final RotationStore store;
    private final StatusWriter status;
    private final KnownRotations known;
    private final DryRuns dryRuns;
    private final RunFinalizer finalizer;
    private final RunSignal signal;
    private final Tracer tracer;
    private final Clock clock;
    private final ReentrantLock adopting = new ReentrantLock();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("rotation-look").factory());
    private final Semaphore looks = new Semaphore(LOOKS);
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private volatile @Nullable SharedIndexInformer<SecretRotation> informer;

    Adopter(
            KubernetesClient kubernetes,
            UnitOfWork unit,
            RotationStore store,
            StatusWriter status,
            KnownRotations known,
            DryRuns dryRuns,
            RunFinalizer finalizer,
            RunSignal signal,
            Tracer tracer,
            Clock clock) {
        this.kubernetes = kubernetes;
        this.unit = unit;
        this.store = store;
        this.status = status;
        this.known = known;
        this.dryRuns = dryRuns;
        this.finalizer = finalizer;
        this.signal = signal;
        this.tracer = tracer;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        informer = kubernetes
                .resources(SecretRotation.class)
                .inAnyNamespace()
                .runnableInformer(RESYNC.toMillis())
                .itemStore(new WithoutManagedFields())
                .addEventHandler(new Handler());
        informer.exceptionHandler((_, _) -> true);
        var _ = informer.start().thenRun(this::countKnown);
    }

    void stop(@Observes ShutdownEvent event) {
        if (informer != null) {
            informer.stop();
        }
        threads.shutdownNow();
    }

    /** Those of the list are told one by one, in a thread of its own, and that may take longer than the list did. */
    private void countKnown() {
        var watched = informer;
        if (!known.isComplete()
                && watched != null
                && watched.hasSynced()
                && watched.getStore().list().stream()
                        .allMatch(
                                rotation -> known.isKnown(rotation.getMetadata().getUid()))
                && known.complete()) {
            known.all().forEach(this::lookAt);
            signal.raise();
        }
    }

    /** Who has written which field takes as much memory as all else of an object, and nobody asks for it. */
    private static final class WithoutManagedFields extends BasicItemStore<SecretRotation> {
        WithoutManagedFields() {
            super(Cache::metaNamespaceKeyFunc);
        }

        @Override
        public @Nullable SecretRotation put(String key, SecretRotation rotation) {
            rotation.getMetadata().setManagedFields(new ArrayList<>());
            return super.put(key, rotation);
        }
    }

    private final class Handler implements ResourceEventHandler<SecretRotation> {
        @Override
        public void onAdd(SecretRotation rotation) {
            known.note(rotation);
            if (known.isComplete()) {
                lookAt(rotation);
            } else {
                countKnown();
            }
        }

        @Override
        public void onUpdate(SecretRotation before, SecretRotation now) {
            known.note(now);
            countKnown();
            boolean resync = before.getMetadata()
                    .getResourceVersion()
                    .equals(now.getMetadata().getResourceVersion());
            boolean newSpec = !before.getMetadata()
                    .getGeneration()
                    .equals(now.getMetadata().getGeneration());
            if (!words(before).equals(words(now))) {
                threads.execute(() -> hear(now));
            }
            boolean newQuestion = !DryRuns.token(before).equals(DryRuns.token(now));
            if (resync
                    || newSpec
                    || isHeld(before) != isHeld(now)
                    || newQuestion
                    || !KnownRotations.scheduled(before).equals(KnownRotations.scheduled(now))) {
                lookAt(now);
            }
        }

        @Override
        public void onDelete(SecretRotation rotation, boolean unknown) {
            // Its runs are over, or somebody has taken the finalizer away: then they end with the spec they began with.
            known.forget(rotation.getMetadata().getUid());
            dryRuns.forget(rotation.getMetadata().getUid());
            status.forget(rotation.getMetadata().getUid());
        }
    }

    private void lookAt(SecretRotation rotation) {
        if (waiting.add(rotation.getMetadata().getUid())) {
            threads.execute(() -> lookInTurn(rotation));
        }
        threads.execute(() -> rehearse(rotation));
    }

    /** On its own: it may have to wait for what does not answer. */
    private void rehearse(SecretRotation rotation) {
        try {
            var uid = rotation.getMetadata().getUid();
            if (dryRuns.answer(uid)) {
                status.changed(rotation.ref(), uid);
            }
        } catch (RuntimeException e) {
            RotationLog.LOG.heldUp("dry run", e.getClass().getSimpleName());
        }
    }

    private void lookInTurn(SecretRotation rotation) {
        var uid = rotation.getMetadata().getUid();
        try {
            looks.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            // What comes from here on is another look.
            waiting.remove(uid);
            look(known.find(uid).orElse(rotation));
        } finally {
            looks.release();
        }
    }

    private void look(SecretRotation rotation) {
        try {
            var uid = rotation.getMetadata().getUid();
            known.lookAtChecks(rotation);
            History history = Bridge.await(() -> store.history(uid));
            finalizer.settle(uid, history);
            boolean wanted = known.isComplete() && mayAdopt(history) && !rotation.isMarkedForDeletion();
            if (wanted && known.rivalOf(rotation).isEmpty() && adoptAlone(rotation)) {
                status.changed(rotation.ref(), uid);
            } else if (status.isAsWritten(uid, rotation.getStatus())) {
                status.changed(rotation.ref(), uid, history);
            } else {
                status.rewrite(rotation.ref(), uid);
            }
        } catch (RuntimeException e) {
            RotationLog.LOG.heldUp("adoption", e.getClass().getSimpleName());
        }
    }

    private static boolean isHeld(SecretRotation rotation) {
        return rotation.hasFinalizer(SecretRotation.FINALIZER);
    }

    /** What people say about runs, which who waits for it is to hear at once; its deletion is such a word. */
    private static List<String> words(SecretRotation rotation) {
        var annotations = requireNonNullElse(rotation.getMetadata().getAnnotations(), Map.<String, String>of());
        var deleted = String.valueOf(rotation.isMarkedForDeletion());
        return Stream.concat(
                        Stream.of(deleted),
                        Stream.of(
                                        Annotations.APPROVE,
                                        Annotations.REFUSE,
                                        Annotations.APPROVED_BY,
                                        Annotations.RETRY,
                                        Annotations.ABORT)
                                .map(name -> annotations.getOrDefault(name, "")))
                .toList();
    }

    private void hear(SecretRotation rotation) {
        try {
            Bridge.await(() -> store.heard(rotation.getMetadata().getUid()));
            signal.raise();
        } catch (RuntimeException e) {
            // It is heard at the run's next look.
            RotationLog.LOG.heldUp("a word", e.getClass().getSimpleName());
        }
    }

    private static boolean mayAdopt(History history) {
        return history.adopted() == null && history.active() == null;
    }

    private boolean isTime(long tried, History history) {
        var last = history.last();
        if (last == null || last.finishedAt() == null) {
            return true;
        }
        var pause = RESYNC.multipliedBy(1L << Math.min(tried, 10));
        var capped = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return tried == 0 || clock.instant().isAfter(last.finishedAt().plus(capped));
    }

    /** One look at a time begins a try in this process; two would do no harm but be in each other's way. */
    private boolean adoptAlone(SecretRotation rotation) {
        adopting.lock();
        try {
            return adopt(rotation);
        } finally {
            adopting.unlock();
        }
    }

    /** Begins a try, if it is time for one. */
    private boolean adopt(SecretRotation rotation) {
        var meta = rotation.getMetadata();
        long tried = Bridge.await(() -> store.adoptionsTried(meta.getUid(), meta.getGeneration()));
        // Read after the count: a try that another look began meanwhile is either in here, or has the number of ours.
        History history = Bridge.await(() -> store.history(meta.getUid()));
        if (!mayAdopt(history) || !isTime(tried, history)) {
            return false;
        }
        var request = new RotationRequested(
                rotation.ref(),
                new Uid(meta.getUid()),
                id(meta.getUid(), meta.getGeneration(), tried),
                RequestReason.ADOPT,
                null,
                null,
                null,
                clock.instant());
        TraceContext.inSpan(tracer, "adopt", null, () -> {
            var trace = TraceContext.current();
            return Bridge.await(() -> unit.run(work -> store.accept(work, request, meta.getGeneration(), trace)));
        });
        signal.raise();
        return true;
    }

    /** The same try by two processes is one run. */
    private static RotationId id(String uid, long generation, long tried) {
        try {
            var cause = uid + "/adopt/" + generation + "/" + tried;
            var digest = MessageDigest.getInstance("SHA-256").digest(cause.getBytes(StandardCharsets.UTF_8));
            return new RotationId(HexFormat.of().formatHex(digest, 0, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 must be available", e);
        }
    }
}
