package io.keyturn.restart;

import java.sql.SQLException;
import java.util.List;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.Shop.ASKS;
import static org.assertj.core.api.Assertions.assertThat;

/** A report that cannot be recorded, or not be sent, or whose author dies over it: it comes all the same, and counts once. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class RestartReportIT extends RestartScenario {
    private static final List<Class<? extends RestartEvent>> ONE_ROLL =
            List.of(RestartPlanned.class, WorkloadPatched.class, WorkloadHealthy.class, RestartCompleted.class);

    @Inject
    UnitOfWork unitOfWork;

    @Test
    void planWhoseFirstReportCannotBeRecordedIsNotThereAndIsMadeAfterwards() throws Exception {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        try (var refusal = new Refusal(EventType.RESTART_PLANNED)) {
            shop.changed("db", null, "PASSWORD=2");
            soon().until(() -> refusal.times() > 1);
            assertThat(count("plan where namespace = '" + shop.namespace + "' and state = 'RUNNING'"))
                    .isZero();
            assertThat(shop.generation("api"))
                    .as("nothing is patched without a plan")
                    .isEqualTo(1);
        }
        completed(1);
        fence("db", "PASSWORD=2");
        assertThat(kinds()).containsExactlyElementsOf(ONE_ROLL);
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Test
    void completionWhoseAuthorDiesBeforeItIsRecordedIsReportedOnceByWhoTakesThePlanOver() throws Exception {
        shop.deployment("a", 1, ASKS, shop.template("a", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        try (var refusal = new Refusal(EventType.RESTART_COMPLETED)) {
            shop.changed("db", null, "PASSWORD=2");
            soon().until(() -> {
                shop.makeReady("a");
                return refusal.times() > 0;
            });
            assertThat(count("plan where namespace = '" + shop.namespace + "' and state = 'RUNNING'"))
                    .as("not over without its report")
                    .isOne();
            execute("update plan set owner = 'dead', owned_until = now() where namespace = '" + shop.namespace
                    + "' and state = 'RUNNING'");
        }
        assertThat(completed(1).getFirst().rolled()).isEqualTo(1);
        fence("db", "PASSWORD=2");
        assertThat(kinds()).containsExactlyElementsOf(ONE_ROLL);
        assertThat(shop.generation("a")).isEqualTo(2);
    }

    @Proves({"R23", "I4"})
    @Test
    void completionThatWasRecordedAndNotSentIsSentByTheNextAndCountsOnceHoweverOftenItIsSent() throws Exception {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        // As if the relay of an instance that died held its lease still.
        execute("""
                insert into lease (name, owner, epoch, expires) values ('outbox-relay', 'dead', 1, now() + interval '1 hour')
                on conflict (name) do update set owner = excluded.owner, epoch = lease.epoch + 1, expires = excluded.expires
                """);
        var waiting = "outbox where event_type = '" + EventType.RESTART_COMPLETED.type() + "' and payload like '%"
                + shop.namespace + "%'";
        try {
            shop.changed("db", null, "PASSWORD=2");
            soon().until(() -> count(waiting) == 1);
            assertThat(count("plan where namespace = '" + shop.namespace + "' and state = 'COMPLETED'"))
                    .isOne();
            assertThat(facts.of(shop.namespace)).isEmpty();
            execute("create table sent_before as select * from " + waiting);
        } finally {
            execute("update lease set expires = now() where name = 'outbox-relay'");
        }
        completed(1);
        assertThat(kinds()).containsExactlyElementsOf(ONE_ROLL);

        // As if it had died after the acknowledgement and before the removal.
        soon().until(() -> count(waiting) == 0);
        execute("insert into outbox (id, event_type, payload, stated_at, traceparent)"
                + " select id, event_type, payload, stated_at, traceparent from sent_before");
        execute("drop table sent_before");
        completed(2);
        assertThat(facts.envelopes(shop.namespace, RestartCompleted.class))
                .extracting(this::isNew)
                .containsExactly(true, false);
    }

    private List<Class<?>> kinds() {
        return facts.of(shop.namespace).stream()
                .<Class<?>>map(RestartEvent::getClass)
                .toList();
    }

    /** As an inbox sees it. */
    private boolean isNew(EventEnvelope envelope) {
        return Bridge.await(() -> unitOfWork.run(work -> work.firstSightOf(envelope)));
    }

    /** As the owner of the tables. */
    private static void execute(String... statements) throws SQLException {
        try (var connection = owner();
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Until it is closed, the database takes no fact of this type about the namespace: its transactions fail. */
    private final class Refusal implements AutoCloseable {
        Refusal(EventType type) throws SQLException {
            execute(
                    "create sequence refusals",
                    """
                    create function refuse() returns trigger security definer language plpgsql as $$
                    begin
                        if new.event_type = '%s' and new.payload like '%%%s%%' then
                            perform nextval('refusals');
                            raise exception 'refused';
                        end if;
                        return new;
                    end $$
                    """.formatted(type.type(), shop.namespace),
                    "create trigger refuse before insert on outbox for each row execute function refuse()");
        }

        /** Sequences count what was rolled back, too. */
        long times() throws SQLException {
            try (var connection = owner();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery(
                            "select case when is_called then last_value else 0 end from refusals")) {
                rows.next();
                return rows.getLong(1);
            }
        }

        @Override
        public void close() throws SQLException {
            execute("drop trigger refuse on outbox", "drop function refuse()", "drop sequence refusals");
        }
    }
}
