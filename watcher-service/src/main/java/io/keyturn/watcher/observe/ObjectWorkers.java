package io.keyturn.watcher.observe;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.watcher.FailureCode;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.statement.Observation.Absent;
import io.keyturn.watcher.statement.Observation.Present;
import io.keyturn.watcher.statement.StatementState;
import io.keyturn.watcher.topic.StatementSender;
import org.jspecify.annotations.Nullable;

/**
 * Looks at objects and states what is new about them: one virtual thread per object that needs a look, so one object's
 * statements keep their order while a slow one delays nobody; a bounded number works at a time. Marks that arrive during a look
 * are answered by one more look.
 */
final class ObjectWorkers {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ObjectReader reader;
    private final Describer describer;
    private final StatementState state;
    private final StatementSender sender;
    private final Supplier<Fingerprinter> fingerprinter;
    private final Clock clock;
    private final Semaphore permits;
    /** Objects that need a look or are being looked at; true when marked again meanwhile. */
    private final Map<ObjectRef, Boolean> marked = new ConcurrentHashMap<>();

    /** Objects that cannot be stated: their event would be larger than a record may be. */
    private final Set<ObjectRef> tooLarge = ConcurrentHashMap.newKeySet();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ObjectWorkers(
            ObjectReader reader,
            Describer describer,
            StatementState state,
            StatementSender sender,
            Supplier<Fingerprinter> fingerprinter,
            Clock clock,
            int inFlight) {
        this.reader = reader;
        this.describer = describer;
        this.state = state;
        this.sender = sender;
        this.fingerprinter = fingerprinter;
        this.clock = clock;
        this.permits = new Semaphore(inFlight);
    }

    /** The object may have changed: look at it soon. Never blocks. */
    void mark(ObjectRef object) {
        marked.compute(object, (key, present) -> {
            if (present != null) {
                return true;
            }
            start(key);
            return false;
        });
    }

    /** True when everything marked has been looked at. */
    boolean idle() {
        return marked.isEmpty();
    }

    /** States what is new about an object already in hand; if that fails, marks it, and the others do not wait for it. */
    void settleOrMark(ObjectRef about, KubernetesObject object) {
        try {
            settle(about, object);
        } catch (RuntimeException e) {
            if (!closed && !Thread.currentThread().isInterrupted()) {
                WatcherLog.LOG.objectHeldUp(about, FailureCode.of(e));
            }
            mark(about);
        }
    }

    /** States what is new about an object already in hand. The object's values are wiped. */
    private void settle(ObjectRef about, KubernetesObject object) {
        var trace = object.annotations.get(Annotations.TRACEPARENT);
        try (object) {
            describer
                    .describe(about, object, fingerprinter.get(), clock.instant())
                    .ifPresent(present -> settle(present, trace));
        }
    }

    /** Starts nothing more, and waits until what is under way has ended. */
    void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        for (var thread : threads) {
            try {
                thread.join(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void start(ObjectRef object) {
        var thread = Thread.ofVirtual().name("look-" + object).unstarted(() -> work(object));
        threads.add(thread);
        thread.start();
    }

    private void work(ObjectRef object) {
        try {
            do {
                lookUntilDone(object);
            } while (!closed && marked.computeIfPresent(object, (_, again) -> again ? false : null) != null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    private void lookUntilDone(ObjectRef object) throws InterruptedException {
        var pause = FIRST_PAUSE;
        while (!closed) {
            permits.acquire();
            try {
                look(object);
                return;
            } catch (RuntimeException e) {
                if (closed || Thread.currentThread().isInterrupted()) {
                    return;
                }
                WatcherLog.LOG.objectHeldUp(object, FailureCode.of(e));
            } finally {
                permits.release();
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void look(ObjectRef about) {
        var found = reader.read(about);
        if (found.isPresent()) {
            settle(about, found.get());
            return;
        }
        tooLarge.remove(about);
        state.decide(new Absent(about, clock.instant())).ifPresent(event -> say(event, null));
        if (state.awaitsTombstone(about)) {
            sender.bury(about);
            state.buried(about);
        }
    }

    private void settle(Present present, @Nullable String trace) {
        var due = state.decide(present);
        if (due.isPresent() && !say(due.get(), trace)) {
            passOver(present);
            return;
        }
        tooLarge.remove(present.about());
        if (due.isEmpty()) {
            state.settled(present);
        }
    }

    /** It is looked at again when it has changed; named once, until it is small enough. */
    private void passOver(Present present) {
        if (tooLarge.add(present.about())) {
            WatcherLog.LOG.passedOver(present.about(), CloudEventCodec.MAX_VALUE_BYTES);
        }
        state.settled(present);
    }

    /** False if the event is too large to be said. */
    private boolean say(SecretEvent event, @Nullable String trace) {
        if (closed) {
            throw new IllegalStateException("Not leading any more");
        }
        if (!sender.state(event, event instanceof SecretChanged ? trace : null)) {
            return false;
        }
        state.accepted(event);
        return true;
    }
}
