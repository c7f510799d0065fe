package io.keyturn.restart.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.kit.lease.ModelLeases;
import io.keyturn.kit.messaging.ModelSender;
import io.keyturn.kit.outbox.ModelOutbox;
import io.keyturn.kit.outbox.ModelSignal;
import io.keyturn.kit.persistence.ModelUnitOfWork;
import io.keyturn.kit.persistence.ModelWork;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.simulation.Tables.Stated;
import io.keyturn.testbed.simulation.Turns;
import io.smallrye.mutiny.Uni;

import static io.keyturn.restart.simulation.Checks.check;

/** One world under one seed: two instances take in events, state facts about each, and carry them. */
final class FactsSimulation {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final int MOST_FACTS = 3;

    private final long seed;
    private final FactsMistake mistake;
    private final FactsWorld world;
    private final Clock clock;
    private final Ledger ledger = new Ledger();
    private final ModelDatabase database = new ModelDatabase(ledger::committed);
    private final ModelTopic<EventEnvelope> secrets = new ModelTopic<>();
    private final ModelLeases.Row lease = new ModelLeases.Row();
    private final List<ModelSecret> objects =
            List.of(new ModelSecret("orders", 1), new ModelSecret("stock", 1), new ModelSecret("users", 1));
    private final int events;

    /** How it went: how many facts were repeated late, and what happened last. */
    record Report(int late, Supplier<String> story) {}

    private FactsSimulation(long seed, FactsMistake mistake) {
        this.seed = seed;
        this.mistake = mistake;
        world = new FactsWorld(seed, List.of(5, 20, 60), 90);
        clock = world.turns().withZone(ZoneOffset.UTC);
        events = 3 + world.random().nextInt(12);
        if (mistake == FactsMistake.CARRIES_WITHOUT_A_LEASE) {
            lease.becomeWorthless();
        }
    }

    /** Plays it to its end; an AssertionError tells what did not hold, and the seed. */
    static Report play(long seed, FactsMistake mistake) {
        return new FactsSimulation(seed, mistake).play();
    }

    private Report play() {
        world.turns().add("watcher", this::watch);
        world.live("first", this::begin);
        world.live("second", this::begin);
        world.turns().add("the end", this::watchForTheEnd);
        try {
            world.turns().run();
        } catch (AssertionError e) {
            throw new AssertionError("seed %d, %s: %s%n%s".formatted(seed, mistake, e.getMessage(), world.story()), e);
        }
        return new Report(ledger.late(), world::story);
    }

    private void watch() {
        for (int i = 0; i < events; i++) {
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(world.chance(3) ? 20_000 : 50)));
            var id = new UUID(1, i);
            var object = objects.get(world.random().nextInt(objects.size()));
            world.happens("event " + i, () -> {
                secrets.append(object.seen(id, world.now()));
                world.turns().wakeListeners();
                return id;
            });
        }
    }

    private void begin(Instance instance) {
        var signal = new ModelSignal(instance);
        var unitOfWork = new ModelUnitOfWork(instance, database, signal, clock, mistake);
        var consumer = new ModelConsumer(instance, secrets, event -> state(unitOfWork, event));
        instance.start("consumer", consumer::run);
        var outbox = new ModelOutbox(
                instance,
                database,
                () -> mistake == FactsMistake.REMOVES_WHAT_ANOTHER_REPEATS || lease.isOf(instance.name()));
        if (mistake == FactsMistake.CARRIES_BY_CURSOR) {
            outbox.becomeForgetful();
        }
        var stuck = mistake == FactsMistake.SENDS_TOO_LATE;
        outbox.relay(
                signal,
                new ModelLeases(instance, lease),
                new ModelSender(instance, new Broker()),
                new ModelConfig(instance.name()),
                Unis.ground(() -> stuck ? 0 : instance.nanoTime()));
    }

    private Uni<Void> state(UnitOfWork unitOfWork, EventEnvelope event) {
        return unitOfWork.run(work -> work.firstSightOf(event)
                .chain(first ->
                        first ? stateFacts(work, event) : Uni.createFrom().voidItem()));
    }

    /** About one object one after the other, as everything that states facts in the service does it. */
    private Uni<Void> stateFacts(Work work, EventEnvelope event) {
        ModelWork.of(work).lock(event.event().about());
        var number = (int) event.id().getLeastSignificantBits();
        var plan = new PlanRef(new PlanId("plan-" + number), event.event().about(), null);
        return work.state(IntStream.rangeClosed(0, number % MOST_FACTS)
                .mapToObj(i -> new RestartCompleted(plan, clock.instant(), number, i))
                .toList());
    }

    private final class Broker implements ModelSender.Broker {
        @Override
        public void append(EventEnvelope fact, boolean late) {
            ledger.appended(fact, late);
        }

        @Override
        public void before(EventEnvelope fact) {
            mistake.before(fact, database);
        }

        @Override
        public void unacknowledged(EventEnvelope fact) {
            mistake.unacknowledged(fact, database, this::sendAhead);
        }

        private void sendAhead(EventEnvelope fact, Stated next) {
            append(new EventEnvelope(next.id(), fact.source(), fact.time(), fact.key(), null, fact.event()), false);
        }
    }

    private void watchForTheEnd() {
        while (!(world.isCalm()
                && secrets.records().size() == events
                && secrets.isConsumed()
                && database.committed().outbox().isEmpty())) {
            world.turns().sleep(Duration.ofSeconds(5));
            check(Duration.between(Turns.START, world.now()).compareTo(PATIENCE) < 0, () -> "it does not end");
        }
        ledger.everythingIsCarried();
        for (int i = 0; i < events; i++) {
            int number = i;
            check(
                    ledger.events().stream()
                                    .filter(fact -> ((RestartCompleted) fact).rolled() == number)
                                    .count()
                            == 1 + number % MOST_FACTS,
                    () -> "not one effect of event " + number);
        }
        world.turns().end();
    }
}
