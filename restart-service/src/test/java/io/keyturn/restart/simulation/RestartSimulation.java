package io.keyturn.restart.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.RestartSuperseded;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.lease.ModelLeases;
import io.keyturn.kit.messaging.ModelSender;
import io.keyturn.kit.outbox.ModelOutbox;
import io.keyturn.kit.outbox.ModelSignal;
import io.keyturn.kit.persistence.ModelUnitOfWork;
import io.keyturn.kit.persistence.ModelWork;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.reference.KeySelection;
import io.keyturn.restart.runner.ModelService;
import io.keyturn.restart.simulation.Tables.Owned;
import io.keyturn.testbed.simulation.Turns;
import org.jspecify.annotations.Nullable;

import static io.keyturn.restart.simulation.Checks.check;

/** One world under one seed: two instances of the service, a few Deployments, and people who change the Secrets these read. */
final class RestartSimulation {
    private static final Duration PATIENCE = Duration.ofHours(3);
    /** In which nothing new may happen once all is done. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final long seed;
    private final RestartMistake mistake;
    private final FactsWorld world;
    private final Clock clock;
    private final Ledger ledger = new Ledger();
    private final ModelDatabase database = new ModelDatabase(ledger::committed);
    private final Rolls rolls = new Rolls(database);
    private final ModelTopic<EventEnvelope> secrets = new ModelTopic<>();
    private final ModelLeases.Row lease = new ModelLeases.Row();
    private final ModelCluster cluster;
    private final List<ModelSecret> objects =
            List.of(new ModelSecret("orders", Rolls.FIRST), new ModelSecret("stock", Rolls.FIRST));
    private final Map<ModelSecret, Long> stated = new HashMap<>();
    private int changes;
    private int values = Rolls.FIRST;
    private int missed;

    /**
     * How it went, and what happened last.
     *
     * @param late patches that came too late
     * @param crossed patches that had arrived before, and another since
     * @param missed pods with content that was there for a moment, between twice the same
     */
    record Report(int late, int crossed, int missed, Supplier<String> story) {
        /** A story keeps its whole world in memory. */
        Report withoutStory() {
            return new Report(late, crossed, missed, () -> "");
        }
    }

    private RestartSimulation(long seed, RestartMistake mistake) {
        this.seed = seed;
        this.mistake = mistake;
        world = new FactsWorld(seed, List.of(5, 20, 60), 60);
        clock = world.turns().withZone(ZoneOffset.UTC);
        cluster = new ModelCluster(world, rolls::arrives);
        if (world.chance(5)) {
            cluster.publish(objects);
        }
        changes = 2 + world.random().nextInt(7);
    }

    /** Plays it to its end; an AssertionError tells what did not hold, and the seed. */
    static Report play(long seed, RestartMistake mistake) {
        return new RestartSimulation(seed, mistake).play();
    }

    private Report play() {
        cluster.add(new ModelDeployment("api", List.of(objects.getFirst())));
        cluster.add(new ModelDeployment("front", List.of(objects.getLast())));
        cluster.add(new ModelDeployment("worker", objects));
        objects.forEach(this::isKnown);
        world.turns().add("people", this::change);
        world.turns().add("watcher", this::watch);
        cluster.deployments().forEach(it -> world.turns().add("controller of " + it.name(), () -> cluster.control(it)));
        world.live("first", this::begin);
        world.live("second", this::begin);
        world.turns().add("the end", this::watchForTheEnd);
        try {
            world.turns().run();
        } catch (AssertionError e) {
            throw new AssertionError("seed %d, %s: %s%n%s".formatted(seed, mistake, e.getMessage(), world.story()), e);
        }
        return new Report(rolls.late(), rolls.crossed(), missed, world::story);
    }

    /** The service has been there for long: it knows what everybody has in use. */
    private void isKnown(ModelSecret secret) {
        var seen = (SecretChanged)
                secret.seen(new UUID(2, 0), Turns.START.minusSeconds(5_000)).event();
        var content = new Content(ModelSecret.content(secret.value()));
        stated.put(secret, secret.version());
        rolls.put(secret.ref(), secret.value());
        database.at(tables -> {
            tables.contents().put(secret.ref(), seen);
            cluster.deployments().forEach(deployment -> {
                if (deployment.reads().contains(secret)) {
                    tables.use(deployment.uid(), new InUse(secret.ref(), KeySelection.whole(), content), 0);
                }
            });
            return true;
        });
    }

    private void begin(Instance instance) {
        var signal = new ModelSignal(instance);
        var kit = new ModelConfig(instance.name());
        var unitOfWork = new ModelUnitOfWork(instance, database, signal, clock, new ModelWork.Habits() {});
        var intake = ModelService.start(instance, unitOfWork, cluster, kit, mistake);
        var consumer = new ModelConsumer(
                instance, secrets, event -> intake.changed(event, (SecretChanged) event.event(), null));
        instance.start("consumer", consumer::run);
        new ModelOutbox(instance, database, () -> lease.isOf(instance.name()))
                .relay(
                        signal,
                        new ModelLeases(instance, lease),
                        new ModelSender(instance, ledger::appended),
                        kit,
                        Unis.ground(instance::nanoTime));
    }

    private void change() {
        var before = new HashMap<ModelSecret, Integer>();
        var secret = objects.getFirst();
        int haste = 2 + world.random().nextInt(20);
        while (changes > 0) {
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(20)));
            if (!world.chance(haste)) {
                world.turns().sleep(Duration.ofMillis(world.random().nextInt(world.chance(3) ? 30_000 : 1_000)));
                world.turns().listen(Duration.ofSeconds(5));
                secret = objects.get(world.random().nextInt(objects.size()));
            }
            if (cluster.policy() != null && world.random().nextBoolean()) {
                publish();
            } else {
                int value = world.chance(3) ? before.getOrDefault(secret, secret.value()) : ++values;
                before.put(secret, secret.value());
                write(secret, value, null);
            }
            changes--;
        }
    }

    /** All Secrets of the SecretRotation, one after the other. */
    private void publish() {
        var stamp = PublicationId.of(new RotationId("r" + changes), 1);
        for (var secret : objects) {
            write(secret, ++values, stamp);
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(world.chance(5) ? 15_000 : 50)));
        }
    }

    private void write(ModelSecret secret, int value, @Nullable PublicationId stamp) {
        world.happens(
                "somebody writes " + value + " into " + secret.ref().name() + (stamp == null ? "" : " as " + stamp),
                () -> {
                    if (stamp == null) {
                        secret.put(value);
                    } else {
                        secret.publish(value, stamp);
                    }
                    rolls.put(secret.ref(), value);
                    world.turns().wakeListeners();
                    return value;
                });
    }

    /** Says what it sees, sometimes twice, and sometimes what it saw before. */
    private void watch() {
        var said = new ArrayList<EventEnvelope>();
        while (true) {
            world.turns().listen(Duration.ofSeconds(2));
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(world.chance(5) ? 3_000 : 20)));
            for (var secret : objects) {
                if (stated.getOrDefault(secret, 0L) != secret.version()) {
                    stated.put(secret, secret.version());
                    said.add(secret.seen(new UUID(1, said.size()), world.now()));
                    say("states " + secret.value() + " of " + secret.ref().name(), said.getLast());
                }
            }
            if (!world.isCalm() && !said.isEmpty() && world.chance(10)) {
                var old = said.get(world.random().nextInt(said.size()));
                var id = world.random().nextBoolean() ? old.id() : new UUID(1, 1_000 + said.size());
                said.add(new EventEnvelope(id, old.source(), old.time(), old.key(), null, old.event()));
                say("repeats what it has said", said.getLast());
            }
        }
    }

    private void say(String what, EventEnvelope event) {
        world.happens(what, () -> {
            secrets.append(event);
            world.turns().wakeListeners();
            return true;
        });
    }

    private void watchForTheEnd() {
        do {
            while (!isDone()) {
                world.turns().sleep(Duration.ofSeconds(5));
                check(
                        Duration.between(Turns.START, world.now()).compareTo(PATIENCE) < 0,
                        () -> "it does not end: "
                                + database.committed().triggers().keySet() + running());
            }
            world.turns().sleep(SILENCE);
        } while (!isDone());
        cluster.deployments()
                .forEach(it -> it.outdated().stream()
                        .filter(secret -> !isParked(secret))
                        .forEach(secret -> {
                            check(
                                    rolls.cameBack(it, secret),
                                    () -> it.name() + " has pods with old content: " + it.held());
                            missed++;
                        }));
        ledger.everythingIsCarried();
        everyPlanEndsOnce();
        world.turns().end();
    }

    /** What failed is rolled to nobody else until it is published anew. */
    private boolean isParked(ModelSecret secret) {
        var failed = database.committed().parked().get(secret.ref());
        return failed != null
                && failed.content().sameAs(new Content(ModelSecret.content(secret.value())))
                && Objects.equals(failed.publication(), secret.publication());
    }

    private boolean isDone() {
        return world.isCalm()
                && changes == 0
                && objects.stream().allMatch(it -> stated.getOrDefault(it, 0L) == it.version())
                && secrets.isConsumed()
                && database.committed().triggers().isEmpty()
                && database.committed().outbox().isEmpty()
                && running().isEmpty()
                && cluster.isSettled();
    }

    private List<Owned> running() {
        return database.committed().plans().values().stream()
                .filter(Owned::isRunning)
                .toList();
    }

    private void everyPlanEndsOnce() {
        var ends = new HashMap<PlanId, Integer>();
        for (var event : ledger.events()) {
            switch ((RestartEvent) event) {
                case RestartPlanned it -> ends.putIfAbsent(it.plan().id(), 0);
                case RestartCompleted it -> ends.merge(it.plan().id(), 1, Integer::sum);
                case RestartFailed it -> ends.merge(it.plan().id(), 1, Integer::sum);
                case RestartSuperseded it -> ends.merge(it.plan().id(), 1, Integer::sum);
                default -> {}
            }
        }
        var others = ends.values().stream().filter(count -> count != 1).collect(Collectors.toList());
        check(others.isEmpty(), () -> "a plan was not said to have ended once");
    }
}
