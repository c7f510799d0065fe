package io.keyturn.testbed.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Chance, time, the links to the servers, and what must hold at every instant. */
public class World {
    /** How much of its past a story tells. */
    private static final int REMEMBERED = Integer.getInteger("keyturn.simulation.remembered", 400);

    private record Note(Instant at, String actor, String what) {}

    /** No answer: the call may have been carried out or not. */
    public static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswer() {
            super(null, null, false, false);
        }
    }

    /** kill -9: no finally block of the service would run. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        public Killed() {
            super(null, null, false, false);
        }
    }

    private final Random random;
    private final Turns turns;
    private final double trouble;
    private final int longestStop;
    private final Instant calmFrom;
    private final Deque<Note> past = new ArrayDeque<>();
    private final List<Runnable> invariants = new ArrayList<>();
    private boolean struck;

    /**
     * @param longestStops how many seconds whoever stops may stop for at most; each world has one of them
     * @param longestTrouble after so many seconds at most, and half a minute, no more faults come
     */
    public World(long seed, List<Integer> longestStops, int longestTrouble) {
        random = new Random(seed);
        turns = new Turns(random);
        // Some worlds are kind, some are not.
        trouble = random.nextDouble() * random.nextDouble() * 0.3;
        longestStop = longestStops.size() == 1
                ? longestStops.getFirst()
                : longestStops.get(random.nextInt(longestStops.size()));
        calmFrom = Turns.START.plusSeconds(30 + random.nextInt(longestTrouble));
    }

    public Random random() {
        return random;
    }

    public Turns turns() {
        return turns;
    }

    public Instant now() {
        return turns.instant();
    }

    /** True once in so many times. */
    public boolean chance(int times) {
        return random.nextInt(times) == 0;
    }

    /** True once no more faults come. */
    public boolean isCalm() {
        return !now().isBefore(calmFrom);
    }

    public boolean strikes() {
        boolean now = !isCalm() && random.nextDouble() < trouble;
        struck |= now;
        return now;
    }

    /** Whether anything went wrong so far. */
    public boolean hasStruck() {
        return struck;
    }

    /** What is to be true after everything that happens. */
    public void always(Runnable check) {
        invariants.add(check);
    }

    /** Something happens at once, and undivided. */
    public <T> T happens(String what, Supplier<T> effect) {
        note(what);
        T result = effect.get();
        invariants.forEach(Runnable::run);
        return result;
    }

    /**
     * A call over the network: it may come late, or not at all; its answer may be lost; whoever calls may be killed before or
     * after, or stop for a while.
     */
    public <T> T call(String what, Supplier<T> effect) throws NoAnswer {
        turns.sleep(Duration.ofMillis(random.nextInt(4)));
        mayDieOrStop(what);
        if (strikes()) {
            note("unreachable: " + what);
            turns.sleep(Duration.ofSeconds(random.nextInt(6)));
            throw new NoAnswer();
        }
        T result = happens(what, effect);
        turns.sleep(Duration.ofMillis(random.nextInt(4)));
        mayDieOrStop("after " + what);
        if (strikes()) {
            note("answer lost: " + what);
            throw new NoAnswer();
        }
        return result;
    }

    private void mayDieOrStop(String where) {
        if (!strikes()) {
            return;
        }
        if (random.nextBoolean()) {
            note("killed: " + where);
            kill();
        }
        note("stopped: " + where);
        stop(Duration.ofSeconds(random.nextInt(longestStop)));
        note("goes on: " + where);
    }

    /** Ends the process of the actor that runs. */
    protected void kill() {
        throw new Killed();
    }

    /** Stops the process of the actor that runs for a while. */
    protected void stop(Duration time) {
        turns.sleep(time);
    }

    /** Goes into the story. */
    public void note(String what) {
        past.addLast(new Note(now(), turns.actor(), what));
        if (past.size() > REMEMBERED) {
            past.removeFirst();
        }
    }

    /** The last things that happened, who did them, and what went wrong with them. */
    public String story() {
        return past.stream()
                .map(note -> note.at() + " " + note.actor() + ": " + note.what())
                .collect(Collectors.joining("\n"));
    }
}
