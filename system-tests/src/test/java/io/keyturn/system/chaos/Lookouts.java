package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Threads that look all the while: for each member one that reads as its workloads do, and one that looks at what is kept. */
final class Lookouts implements AutoCloseable {
    private static final Duration READ_EVERY = Duration.ofMillis(1_000);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2_500);

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
                while (!closed) {
                    look.accept(member);
                    Thread.sleep(every);
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
