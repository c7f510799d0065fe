package io.keyturn.restart.simulation;

import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.kit.persistence.ModelWork.Habits;
import io.keyturn.restart.simulation.ModelDatabase.Transaction;
import io.keyturn.restart.simulation.Tables.Stated;

/** A classic mistake with facts, planted to show that the simulation finds it. */
enum FactsMistake implements Habits {
    NONE,
    /** The relay removes rows, and then sends them. */
    REMOVES_FIRST {
        @Override
        void before(EventEnvelope fact, ModelDatabase database) {
            database.at(
                    tables -> tables.outbox().values().removeIf(row -> row.id().equals(fact.id())));
        }
    },
    /** The relay goes on where it was, by the numbers of the rows. */
    CARRIES_BY_CURSOR,
    /** The next record of a key is on its way before the one before it was acknowledged. */
    SENDS_AHEAD {
        @Override
        void unacknowledged(EventEnvelope fact, ModelDatabase database, BiConsumer<EventEnvelope, Stated> sent) {
            database.committed().outbox().values().stream()
                    .dropWhile(row -> !row.id().equals(fact.id()))
                    .skip(1)
                    .filter(row -> row.key().equals(fact.key()))
                    .findFirst()
                    .ifPresent(row -> sent.accept(fact, row));
        }
    },
    /** Every instance carries. */
    CARRIES_WITHOUT_A_LEASE,
    /** Who stood still removes what was acknowledged to it, while another repeats it. */
    REMOVES_WHAT_ANOTHER_REPEATS,
    /** Who stood still goes on sending what it had read. */
    SENDS_TOO_LATE,
    /** What was met before is acted on again. */
    HAS_NO_INBOX {
        @Override
        public boolean isFirstSight(Transaction transaction, UUID event) {
            return true;
        }
    },
    /** What was met is remembered even if nothing came of it. */
    REMEMBERS_AT_ONCE {
        @Override
        public boolean isFirstSight(Transaction transaction, UUID event) {
            return transaction.database().at(tables -> tables.inbox().add(event));
        }
    },
    /** Facts are on their way before what they tell is committed. */
    STATES_AT_ONCE {
        @Override
        public void state(Transaction transaction, List<Stated> facts) {
            transaction.state(facts);
            transaction.database().at(tables -> {
                facts.forEach(fact -> tables.outbox().put(fact.position(), fact));
                return true;
            });
        }
    };

    /** Done before a record is sent. */
    void before(EventEnvelope fact, ModelDatabase database) {}

    /** Done when a record was not acknowledged. */
    void unacknowledged(EventEnvelope fact, ModelDatabase database, BiConsumer<EventEnvelope, Stated> sent) {}
}
