package io.keyturn.restart.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.restart.simulation.Tables.Stated;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL under READ COMMITTED: a statement sees what is committed and what its own transaction wrote, waits for rows that another
 * holds, and then looks again. Numbers of a sequence are taken at once, and commits come in any order.
 */
public final class ModelDatabase {
    private static final Duration LOCK = Duration.ofSeconds(1);
    /** Milliseconds until a statement is carried out. */
    private static final int USUAL = 3;

    private static final int SLOW = 300;

    private final Consumer<List<Stated>> ledger;
    private final Map<Object, Transaction> locks = new HashMap<>();
    private Tables committed = new Tables();
    private final Map<PlanId, String> names = new HashMap<>();
    private long commits;
    private long numbers;

    /** @param ledger is told the facts of every transaction that commits, in their order */
    ModelDatabase(Consumer<List<Stated>> ledger) {
        this.ledger = ledger;
    }

    public Transaction begin(Instance instance) {
        return new Transaction(instance);
    }

    public Tables committed() {
        return committed;
    }

    /** A statement without a transaction around it. */
    public <T> T at(Function<Tables, T> statement) {
        commits++;
        return statement.apply(committed);
    }

    /** Ids are drawn; in the story plans have numbers. */
    public String nameOf(PlanId plan) {
        return names.computeIfAbsent(plan, _ -> "plan " + (names.size() + 1));
    }

    /** The next number of the one sequence there is. */
    public long next() {
        return ++numbers;
    }

    /** One transaction of one instance. */
    public final class Transaction {
        private final Instance instance;
        private final Instant now;
        private final List<Function<Tables, ?>> writes = new ArrayList<>();
        private final List<Stated> stated = new ArrayList<>();
        private @Nullable Tables own;
        private long seen;
        private @Nullable Transaction waitsFor;

        private Transaction(Instance instance) {
            this.instance = instance;
            this.now = instance.world().now();
        }

        public ModelDatabase database() {
            return ModelDatabase.this;
        }

        /** Goes into the story: it is not committed yet. */
        public void note(String what) {
            instance.world().note(what);
        }

        /** When it began. */
        public Instant now() {
            return now;
        }

        public <T> T read(Function<Tables, T> question) {
            pass();
            return question.apply(view());
        }

        /**
         * A statement that writes; it is done again at the commit if others have committed meanwhile.
         *
         * @param rows what it holds until the end
         */
        public <T> T write(Collection<?> rows, Function<Tables, T> statement) {
            pass();
            return hold(rows, statement);
        }

        /** The same, of rows that are found now; what turns up later is left alone. */
        public <R, T> T writeFound(Function<Tables, List<R>> search, BiFunction<Tables, List<R>, T> statement) {
            pass();
            var rows = search.apply(view());
            return hold(rows, tables -> statement.apply(tables, rows));
        }

        private <T> T hold(Collection<?> rows, Function<Tables, T> statement) {
            rows.forEach(this::lock);
            if (own == null || seen != commits) {
                own = view();
                own = own == committed ? committed.copy() : own;
                seen = commits;
            }
            var result = statement.apply(own);
            writes.add(statement);
            return result;
        }

        /** Facts, in their order. */
        public void state(List<Stated> facts) {
            write(List.of(), tables -> {
                facts.forEach(fact -> tables.outbox().put(fact.position(), fact));
                return facts.size();
            });
            stated.addAll(facts);
        }

        private Tables view() {
            if (own == null) {
                return committed;
            }
            if (seen != commits) {
                var fresh = committed.copy();
                for (var write : writes) {
                    var _ = write.apply(fresh);
                }
                own = fresh;
                seen = commits;
            }
            return own;
        }

        private void pass() {
            var world = instance.world();
            instance.sleep(Duration.ofMillis(world.random().nextInt(world.chance(20) ? SLOW : USUAL)));
        }

        /** Waits for whoever holds it. */
        public void lock(Object row) {
            while (!tryLock(row)) {
                waitsFor = locks.get(row);
                for (var next = waitsFor; next != null; next = next.waitsFor) {
                    if (next == this) {
                        waitsFor = null;
                        throw new IllegalStateException("Deadlock");
                    }
                }
                instance.listen(LOCK);
            }
            waitsFor = null;
        }

        public boolean tryLock(Object row) {
            return locks.putIfAbsent(row, this) == null || locks.get(row) == this;
        }

        /** All of it, at once. */
        public boolean commit() {
            if (!writes.isEmpty()) {
                committed = view();
                commits++;
                ledger.accept(stated);
            }
            return end();
        }

        /** Lets go of what it holds; what it wrote is lost unless it was committed. */
        public boolean end() {
            if (locks.values().removeIf(holder -> holder == this)) {
                instance.world().turns().wakeListeners();
            }
            return true;
        }
    }
}
