package io.keyturn.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A child process that never outlives this JVM: a shutdown hook kills it, and should the JVM be killed itself, the
 * kernel does (parent-death signal). Its output goes to one log file of the run folder.
 */
public final class Child implements AutoCloseable {

    private static final Set<Child> LIVE = ConcurrentHashMap.newKeySet();

    // The kernel sends the parent-death signal when the THREAD that forked ends, so that thread must live for ever.
    private static final ExecutorService FORKER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("testbed-forker").factory());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Child::endAll, "testbed-end"));
    }

    private final String name;
    private final Path log;
    private final Process process;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts a program; its output is appended to the run folder's log of that name. */
    public static Child start(String name, List<String> command, Map<String, String> environment) {
        Path log = RunFolder.log(name);
        ProcessBuilder builder = new ProcessBuilder(dyingWithUs(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Child child = new Child(name, log, fork(builder));
        LIVE.add(child);
        return child;
    }

    /** Makes sure that this class, and with it the shutdown hook, is there. */
    static void endWithThisJvm() {}

    /** Runs a program to its end; one that fails or takes longer is a {@link StartFailed}. */
    public static void run(String name, List<String> command, Map<String, String> environment, Duration limit) {
        try (Child child = start(name, command, environment)) {
            if (!child.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw child.failure("did not end within " + limit.toSeconds() + " s", null);
            }
            if (child.process.exitValue() != 0) {
                throw child.failure("failed", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailed(name + " was interrupted", e);
        }
    }

    /** Waits until the condition holds; fails at once, with the end of the log, if the process ends before. */
    public void await(Duration limit, BooleanSupplier ready) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw failure("stopped", null);
            }
            if (System.nanoTime() > deadline) {
                throw failure("was not ready within " + limit.toSeconds() + " s", null);
            }
            try {
                // Pauses between two looks at the condition, and returns early if the process ends.
                process.waitFor(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure("was interrupted while starting", e);
            }
        }
    }

    /** Whether the process still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Process id of the program itself, not of a wrapper. */
    public long pid() {
        return process.pid();
    }

    /** The file that takes the program's output. */
    public Path log() {
        return log;
    }

    /** Sends a signal by its name, such as {@code QUIT}, {@code STOP} or {@code CONT}. */
    public void signal(String signal) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " " + pid())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the end of a process that was asked to end; kills it when the time is up. */
    public void awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        LIVE.remove(this);
    }

    /** Asks the process to end, waits that long, then kills it. */
    public void stop(Duration patience) {
        process.destroy();
        awaitEnd(patience);
    }

    /** Kills the process without warning (SIGKILL) and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        kill();
    }

    private StartFailed failure(String what, @Nullable Throwable cause) {
        String message = name + " " + what + "; log: " + log + "\n" + tail();
        return cause == null ? new StartFailed(message) : new StartFailed(message, cause);
    }

    private String tail() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(no log)";
        }
    }

    /** The command for whoever starts it otherwise; the kernel kills it when the thread that does so ends. */
    public static List<String> dyingWithUs(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        whole.addAll(command);
        return whole;
    }

    private static Process fork(ProcessBuilder builder) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return builder.start();
                                } catch (IOException e) {
                                    throw new StartFailed(
                                            "Cannot start " + builder.command() + " (setpriv is in util-linux)", e);
                                }
                            },
                            FORKER)
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StartFailed failed ? failed : e;
        }
    }

    private static void endAll() {
        List<Child> live = List.copyOf(LIVE);
        live.forEach(child -> child.process.destroyForcibly());
        live.forEach(child -> child.awaitEnd(Duration.ofSeconds(5)));
        Scratch.deleteAll();
    }
}
