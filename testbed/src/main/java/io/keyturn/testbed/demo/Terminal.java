package io.keyturn.testbed.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What the demo says: plain lines with the time since the start, and a sign of life whenever it would be silent for long. */
final class Terminal {
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

    private final PrintStream out;
    private final long begin = System.nanoTime();
    private String waitingFor = "";
    private long lastLine = begin;

    Terminal(PrintStream out) {
        this.out = out;
        Thread.ofVirtual().start(this::neverSilent);
    }

    synchronized void heading(String text) {
        out.println();
        out.println("== " + text);
        lastLine = System.nanoTime();
    }

    synchronized void line(String text) {
        out.printf(Locale.ROOT, "%7.1f s  %s%n", seconds(), text);
        lastLine = System.nanoTime();
    }

    synchronized void plain(String text) {
        out.println(text);
        lastLine = System.nanoTime();
    }

    /** What is going on from now on, for the signs of life; empty when nothing is. */
    synchronized void waitingFor(String what) {
        waitingFor = what;
    }

    private double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void neverSilent() {
        try {
            while (true) {
                Thread.sleep(500);
                synchronized (this) {
                    boolean silent = System.nanoTime() - lastLine > LONGEST_SILENCE.toNanos();
                    if (silent && !waitingFor.isEmpty()) {
                        line("… " + waitingFor);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
