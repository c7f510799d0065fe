package io.keyturn.testbed.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Whose turn it is, and what time. Every actor has a thread, and exactly one of them runs: who goes on is decided by chance, that is
 * by the seed, wherever an actor waits or passes. Time stands still while somebody runs and moves on when nobody can.
 */
public final class Turns implements InstantSource {
    public static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

    /** An actor's thread ends here when the world is over. */
    private static final class Over extends Error {
        private static final long serialVersionUID = 1;

        Over() {
            super(null, null, false, false);
        }
    }

    private static final class Actor {
        private final String name;
        private final Semaphore turn = new Semaphore(0);
        private Instant wakesAt = START;
        private boolean listens;

        Actor(String name) {
            this.name = name;
        }
    }

    private final Random random;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore finished = new Semaphore(0);
    private Instant now = START;
    private @Nullable Actor running;
    private @Nullable Throwable failure;
    private boolean over;

    public Turns(Random random) {
        this.random = random;
    }

    /** An actor; it begins when {@link #run} is called, or when it is its turn after that, and acts until the world is over. */
    public Thread add(String name, Runnable body) {
        var actor = new Actor(name);
        actor.wakesAt = now;
        actors.add(actor);
        var thread = Thread.ofVirtual().unstarted(() -> {
            actor.turn.acquireUninterruptibly();
            try {
                if (!over) {
                    body.run();
                }
            } catch (Over end) {
                // As it should.
            } catch (Throwable e) {
                failure = failure == null ? e : failure;
                over = true;
            }
            actors.remove(actor);
            next();
        });
        threads.add(thread);
        if (running != null) {
            thread.start();
        }
        return thread;
    }

    /** Lets the actors act until all have ended; throws what one of them threw. */
    public void run() {
        threads.forEach(Thread::start);
        next();
        finished.acquireUninterruptibly();
        switch (failure) {
            case null -> {}
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** Ends the world: nobody acts any more. */
    public void end() {
        over = true;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** Who acts now. */
    public String actor() {
        return running == null ? "" : running.name;
    }

    /** The actor that runs does nothing for so long, whatever becomes of it meanwhile. */
    public void sleep(Duration time) {
        var me = requireNonNull(running);
        me.wakesAt = now.plus(time);
        next();
        me.turn.acquireUninterruptibly();
        if (over) {
            throw new Over();
        }
    }

    /** The same, but {@link #wakeListeners} ends it early. */
    public void listen(Duration longest) {
        requireNonNull(running).listens = true;
        sleep(longest);
    }

    /** Something has happened that some wait for. */
    public void wakeListeners() {
        for (var actor : actors) {
            if (actor.listens) {
                actor.wakesAt = now;
            }
        }
    }

    private void next() {
        if (over) {
            actors.stream().findFirst().ifPresentOrElse(this::give, finished::release);
            return;
        }
        var ready = ready();
        if (ready.isEmpty()) {
            var first = firstToWake();
            if (first == null) {
                finished.release();
                return;
            }
            now = first;
            ready = ready();
        }
        give(ready.get(random.nextInt(ready.size())));
    }

    private List<Actor> ready() {
        var ready = new ArrayList<Actor>(actors.size());
        for (var actor : actors) {
            if (!actor.wakesAt.isAfter(now)) {
                ready.add(actor);
            }
        }
        return ready;
    }

    private @Nullable Instant firstToWake() {
        Instant first = null;
        for (var actor : actors) {
            if (first == null || actor.wakesAt.isBefore(first)) {
                first = actor.wakesAt;
            }
        }
        return first;
    }

    private void give(Actor actor) {
        running = actor;
        actor.listens = false;
        actor.turn.release();
    }
}
