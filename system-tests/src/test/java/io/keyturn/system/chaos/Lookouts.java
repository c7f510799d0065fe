package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Threads that look all the while: for each member one that reads as its workloads do, and one that looks at what is kept. */
final class Lookouts implements AutoCloseable {
    /** Of three readers on average; see {@link Chaos} for how often that must come to. */
    private static final Duration READ_EVERY = Duration.ofMillis(850);

    private static final Duration LOOK_EVERY = Duration.ofMillis(2_500);

    /** On a busy machine a look may come late, and the next ones sooner. */
    private static final Duration MADE_UP_FOR = Duration.ofSeconds(5);

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    Lookouts(Oracle oracle, List<Member> members) {
        for (var member : members) {
            start(member, oracle::read, READ_EVERY);
            start(member, oracle::look, LOOK_EVERY);
        }
    }

    private void start(Member member, Consumer<Member> look, Duration every) {
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                var next = Instant.now();
                while (!closed) {
                    look.accept(member);
                    next = next.plus(every);
                    if (next.isBefore(Instant.now().minus(MADE_UP_FOR))) {
                        next = Instant.now();
                    }
                    Thread.sleep(Duration.between(Instant.now(), next));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }));
    }

    /** What kept a lookout from looking on: then the run says nothing. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        closed = true;
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
