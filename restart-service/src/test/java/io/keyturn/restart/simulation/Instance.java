package io.keyturn.restart.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;

import io.keyturn.testbed.simulation.Turns;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.Killed;
import io.keyturn.testbed.simulation.World.NoAnswer;

/** One process of the service, from its start until it is killed. */
public final class Instance {
    /** How long the others take a process that stands still for a living one. */
    private static final Duration MISSED = Duration.ofSeconds(10);

    private final World world;
    private final String name;
    private boolean killed;
    private Instant stopsAt = Turns.START;
    private Instant goesOnAt = Turns.START;

    /** No answer: what was asked for may have been done or not. */
    public static final class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unanswered() {
            super(null, null, false, false);
        }
    }

    Instance(World world, String name) {
        this.world = world;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public World world() {
        return world;
    }

    /** What {@link System#nanoTime} says. */
    public long nanoTime() {
        return ChronoUnit.NANOS.between(Turns.START, world.now());
    }

    /** A thread of the process. */
    public Thread start(String thread, Runnable body) {
        return world.turns().add(name + "/" + thread, () -> {
            try {
                goOn();
                body.run();
            } catch (Killed end) {
                // With all the others.
            }
        });
    }

    /** A call to a server. */
    public <T> T call(String what, Supplier<T> effect) {
        goOn();
        try {
            return world.call(what, effect);
        } catch (NoAnswer e) {
            throw new Unanswered();
        } finally {
            goOn();
        }
    }

    public void sleep(Duration time) {
        world.turns().sleep(time);
        goOn();
    }

    /** Waits until something happens that somebody waits for. */
    public void listen(Duration longest) {
        world.turns().listen(longest);
        goOn();
    }

    private void goOn() {
        while (world.now().isBefore(goesOnAt) && !killed) {
            world.turns().sleep(Duration.between(world.now(), goesOnAt));
        }
        if (killed) {
            throw new Killed();
        }
    }

    void kill() {
        killed = true;
    }

    void stop(Duration time) {
        stopsAt = world.now();
        goesOnAt = stopsAt.plus(time);
    }

    boolean isKilled() {
        return killed;
    }

    /** Whether the others take it for dead. */
    boolean isMissed() {
        return killed || (world.now().isBefore(goesOnAt) && !world.now().isBefore(stopsAt.plus(MISSED)));
    }
}
