package io.keyturn.testbed.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One call again and again, on one thread or on several: how often per second. */
final class RawLoad {
    private static final Duration TIME = Duration.ofSeconds(2);

    private RawLoad() {}

    /** What one thread calls, with what it has opened for that. */
    interface Call extends AutoCloseable {
        void once() throws SQLException;

        @Override
        default void close() throws SQLException {}
    }

    /** Makes the call of the thread with that number. */
    interface Opening {
        Call open(int number) throws SQLException;
    }

    static double perSecond(int threads, Opening opening) {
        var calls = new ArrayList<Call>();
        try {
            for (int i = 0; i < threads; i++) {
                calls.add(opening.open(i));
            }
            double rate = repeat(calls);
            for (var call : calls) {
                call.close();
            }
            return rate;
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL refused a raw call: SQLSTATE " + e.getSQLState());
        }
    }

    private static double repeat(Iterable<Call> calls) {
        long begin = System.nanoTime();
        int done = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var counts = new ArrayList<Future<Integer>>();
            calls.forEach(call -> counts.add(threads.submit(() -> repeat(call, begin + TIME.toNanos()))));
            for (var count : counts) {
                done += count.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("A raw call failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return done / ((System.nanoTime() - begin) / 1e9);
    }

    private static int repeat(Call call, long end) throws SQLException {
        int done = 0;
        while (System.nanoTime() - end < 0) {
            call.once();
            done++;
        }
        return done;
    }
}
