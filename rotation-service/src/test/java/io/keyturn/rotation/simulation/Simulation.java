package io.keyturn.rotation.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.event.RotationPromoted;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.SecretRotationSpec.SecretPublication;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.check.NoChecks;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.saga.RotationSaga;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.Situation;
import io.keyturn.rotation.saga.Situation.Limits;
import io.keyturn.rotation.secretstore.vault.ModelKv;
import io.keyturn.rotation.simulation.Mistake.Models;
import io.keyturn.rotation.simulation.ModelDatabase.Row;
import io.keyturn.rotation.step.ModelSteps;
import io.keyturn.rotation.step.RunContext;
import io.keyturn.rotation.step.Steps;
import io.keyturn.rotation.target.postgres.ModelRoles;
import io.keyturn.testbed.simulation.Turns;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.Killed;
import io.keyturn.testbed.simulation.World.NoAnswer;

import static java.util.Objects.requireNonNull;

/** One world under one seed: two instances of the service, a few runs of one SecretRotation, and all that can go wrong. */
final class Simulation {
    private static final String PATH = "shop/orders-db";
    private static final String FIRST = "orders_a:first";
    private static final ObjectRef POLICY = ObjectRef.secretRotation("shop", "orders");
    private static final Duration PATIENCE = Duration.ofHours(12);
    private static final Duration STEP = Duration.ofMinutes(10);
    private static final Duration CONSUMERS = Duration.ofMinutes(5);
    private static final int DRAWS = 3;
    /** In seconds; so long that the run is over meanwhile, and the next one as well. */
    private static final int LONGEST_STOP = 1200;

    /** From shorter than a claim is valid. */
    private static final List<Integer> STOPS = List.of(8, 120, LONGEST_STOP);

    /** Between reading a value and logging in with it. */
    private static final Duration A_MOMENT = Duration.ofSeconds(5);

    private static final HttpChecks NO_CHECKS = NoChecks.create();

    private final long seed;
    private final Overlap overlap;
    private final Mistake mistake;
    private final World world;
    private final ModelDatabase database;
    private final ModelKv live;
    private final ModelKv pending;
    private final ModelPods pods;
    private final ModelRoles roles;
    private final ModelSecret secret;
    private final boolean losesCommits;
    private final Models models;
    private final Steps steps;
    private final RotationPolicy policy;
    private final List<String> said = new ArrayList<>();
    private final Map<String, List<String>> before = new HashMap<>();
    private int asked;
    private int repairs;
    /** Runs that began while the live value was not published: such a one puts that right, even if it was over, with a value more. */
    private int healing;

    private boolean drifted;
    private boolean failedOver;
    private boolean unheard;
    /** What was live, with the time until which it was at least. */
    private final Map<String, Instant> read = new HashMap<>();

    private String readLast = "";
    private String edited = "null";
    private long byHand;
    private String ownLogin = "";
    private String published = FIRST;
    private Set<String> mustLeaveIt = Set.of();

    /** How a run of the simulation ended: the phases of its runs, and what happened last. */
    record Report(List<String> ends, Supplier<String> story) {}

    private Simulation(long seed, Overlap overlap, Mistake mistake, Mistake worldOf) {
        this.seed = seed;
        this.overlap = overlap;
        this.mistake = mistake;
        losesCommits = seed % 7 == 0 || worldOf.losesCommits();
        world = new World(seed, worldOf.isToBeLate() ? List.of(LONGEST_STOP) : STOPS, 1800);
        database = new ModelDatabase(world);
        live = new ModelKv(world, "live");
        pending = new ModelKv(world, "pending");
        pods = new ModelPods(world, this::accepts, seed % 3 == 0);
        roles = new ModelRoles(world, pods);
        secret = new ModelSecret(world, FIRST, pods::secretChanged);
        models = new Models(database, live, pending, roles, secret);
        mistake.spoil(models);
        steps = ModelSteps.of(
                roles.provider(world::now),
                ModelKv.store(live, pending),
                secret,
                pods,
                NO_CHECKS,
                database,
                world::now);
        var usual = policy(overlap, Duration.ofSeconds(world.random().nextInt(3) * 60L));
        // In some worlds every run is an emergency, in which the old value dies first.
        policy = seed % 13 == 0 ? usual.inEmergency() : usual;
    }

    /** Plays it to its end; an AssertionError tells what did not hold, and the seed. */
    static Report play(long seed, Overlap overlap, Mistake mistake) {
        return new Simulation(seed, overlap, mistake, mistake).play();
    }

    /** Plays the world in which that mistake is looked for, without it. */
    static Report playSound(long seed, Overlap overlap, Mistake worldOf) {
        return new Simulation(seed, overlap, Mistake.NONE, worldOf).play();
    }

    private boolean accepts(String value) {
        return roles.accepts(value);
    }

    private Report play() {
        roles.put("orders_a", "first");
        live.put(PATH, "orders_a", "first");
        pods.begin(FIRST);
        world.always(this::somethingKeptIsAccepted);
        world.always(this::readersAreLetIn);
        world.always(this::readersOfTheStoreAreLetIn);
        world.always(() -> check(live.noteAt(PATH).equals(edited), () -> "a person's edit is lost"));
        world.always(this::ownLoginIsLeftAlone);
        world.turns().add("somebody", this::askForRuns);
        if (world.random().nextInt(4) == 0) {
            world.turns().add("a person", this::edit);
        }
        if (overlap == Overlap.SWITCHED && world.random().nextInt(6) == 0) {
            world.turns().add("an administrator", this::takeOver);
        } else if (world.random().nextInt(4) == 0) {
            world.turns().add("a developer", this::publishOwnLogins);
        } else if (overlap == Overlap.SWITCHED && seed % 5 == 0) {
            world.turns().add("an operator", this::restoreVolume);
        }
        if (losesCommits) {
            database.replicate();
            world.turns().add("a standby", this::takeOverTheDatabase);
            world.turns().add("drift checks", this::lookForDrift);
        }
        world.turns().add("restarts", () -> pods.restartForEver(secret));
        world.turns().add("instance-1", this::serve);
        world.turns().add("instance-2", this::serve);
        world.turns().add("the end", this::watchForTheEnd);
        try {
            world.turns().run();
            atTheEnd();
        } catch (AssertionError e) {
            throw new AssertionError(
                    "seed %d, %s, %s: %s%n%s".formatted(seed, overlap, mistake, e.getMessage(), world.story()), e);
        }
        return new Report(
                database.rows().stream().map(row -> row.state().phase()).toList(), world::story);
    }

    private void askForRuns() {
        int runs = 1 + world.random().nextInt(3);
        while (asked < runs) {
            world.turns().sleep(Duration.ofSeconds(world.random().nextInt(600)));
            said.add("r" + ++asked);
            before.put(said.getLast(), live.standing(PATH));
            database.accept(said.getLast());
            if (world.random().nextBoolean()) {
                database.accept(said.getLast());
            }
        }
        asked = Integer.MAX_VALUE;
    }

    /** A person who keeps a note beside the credential, and likes to change it while the service is about to write. */
    private void edit() {
        for (int i = 1; i <= 20; i++) {
            world.turns().sleep(Duration.ofSeconds(world.random().nextInt(200)));
            world.turns().listen(Duration.ofSeconds(1));
            var note = "note " + i;
            world.happens("edits the live value", () -> {
                live.note(PATH, note);
                return edited = note;
            });
        }
    }

    /** Somebody who rotates by hand while the service does: he wins, wherever he has written. */
    private void takeOver() {
        world.turns().sleep(Duration.ofSeconds(world.random().nextInt(900)));
        world.turns().listen(Duration.ofSeconds(60));
        world.happens("rotates by hand", () -> {
            roles.put("orders_a", "by hand");
            live.put(PATH, "orders_a", "by hand");
            secret.put("orders_a:by hand");
            return byHand = live.versionOf(PATH);
        });
    }

    /** Somebody who puts another login, which works, into the Secret only: the run that is under way leaves it there. */
    private void publishOwnLogins() {
        for (int i = 1; i <= 3; i++) {
            var role = "developer_" + i;
            world.turns().sleep(Duration.ofSeconds(world.random().nextInt(600)));
            world.turns().listen(Duration.ofSeconds(20));
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(4_000)));
            world.happens("publishes another login", () -> {
                roles.put(role, "own");
                mustLeaveIt = database.rows().stream()
                        .filter(Row::knowsWhatIsPublished)
                        .map(Row::id)
                        .collect(Collectors.toSet());
                ownLogin = role + ":own";
                secret.put(ownLogin);
                return ownLogin;
            });
        }
    }

    private void ownLoginIsLeftAlone() {
        boolean written = !secret.value().equals(published);
        check(
                !written
                        || ownLogin.isEmpty()
                        || !published.equals(ownLogin)
                        || !mustLeaveIt.contains(secret.writtenBy()),
                () -> "another login, which a person has published, is lost");
        published = secret.value();
    }

    /** A volume with an older password is restored between two runs; then it is asked for repairs until one has come to its end well. */
    private void restoreVolume() {
        world.turns().sleep(Duration.ofSeconds(world.random().nextInt(900)));
        // A run that the database has just lost is under way all the same.
        while (!database.isIdle() || unheard) {
            world.turns().sleep(Duration.ofSeconds(1));
        }
        drifted = true;
        world.happens("a volume is restored", () -> {
            roles.put("orders_a", "restored");
            return drifted;
        });
        while (drifted) {
            repair();
            drifted = !accepts(live.at(PATH));
        }
    }

    /** As the service does it: a live value that is refused while nothing is under way is set at the target again. */
    private void lookForDrift() {
        while (true) {
            world.turns().sleep(Duration.ofMinutes(5));
            if (database.isIdle() && !accepts(live.at(PATH))) {
                repair();
            }
        }
    }

    private void repair() {
        var repair = "repair" + ++repairs;
        database.accept(repair, Purpose.REPAIR);
        while (!database.isOver(repair)) {
            world.turns().sleep(Duration.ofSeconds(5));
        }
    }

    /**
     * The database of the runs fails over to a standby that is some seconds behind, ten minutes at most. Requests that are lost with it are said again: who asks
     * does so until he sees an answer.
     */
    private void takeOverTheDatabase() {
        for (int i = 0; i < 3; i++) {
            world.turns().sleep(Duration.ofSeconds(world.random().nextInt(400)));
            world.turns().listen(Duration.ofSeconds(20));
            world.turns().sleep(Duration.ofMillis(world.random().nextInt(3_000)));
            var behind = Duration.ofMillis(world.random().nextInt(world.chance(3) ? 600_000 : 5_000));
            world.happens("the database loses its last " + behind, () -> {
                database.failOver(behind);
                // Who has lost what he knew takes what a person has published for what was there before.
                mustLeaveIt = database.rows().stream()
                        .filter(row -> mustLeaveIt.contains(row.id()) && row.knowsWhatIsPublished())
                        .map(Row::id)
                        .collect(Collectors.toSet());
                unheard = true;
                return failedOver = true;
            });
            world.turns().sleep(Duration.ofSeconds(world.random().nextInt(60)));
            List.copyOf(said).forEach(database::accept);
            unheard = false;
        }
    }

    private void watchForTheEnd() {
        while (!(asked == Integer.MAX_VALUE
                && !drifted
                && (!failedOver || accepts(live.at(PATH)))
                && !unheard
                && world.isCalm()
                && database.isIdle()
                && pods.isSettled())) {
            world.turns().sleep(Duration.ofSeconds(20));
            check(
                    Duration.between(Turns.START, world.now()).compareTo(PATIENCE) < 0,
                    () -> "it does not end: " + database.rows());
        }
        world.turns().end();
    }

    /** One process of the service: claims what is due and drives it, dies and comes back. */
    private void serve() {
        while (true) {
            try {
                var claimed = database.claim();
                if (claimed.isPresent()) {
                    drive(claimed.get());
                } else {
                    world.turns()
                            .sleep(database.untilNextDue()
                                    .plusMillis(world.random().nextInt(3_000)));
                }
            } catch (Killed e) {
                world.turns().sleep(Duration.ofSeconds(1 + world.random().nextInt(20)));
            } catch (NoAnswer e) {
                world.turns().sleep(Duration.ofMillis(500));
            }
        }
    }

    private void drive(Row claimed) throws NoAnswer {
        try (var bench = steps.bench()) {
            var next = Optional.of(claimed);
            while (next.isPresent() && RotationSaga.command(next.get().state()) != null) {
                var row = next.get();
                var context =
                        new RunContext(new RunRef(new RotationId(row.id()), POLICY), policy, row.epoch(), null, bench);
                mistake.before(row.state(), row.id(), models);
                oldValueIsDeadFirst(row);
                boolean finishes = row.state() instanceof RotationState.Retired;
                var leftBehind = finishes ? leftBehind() : Set.of();
                var command = requireNonNull(RotationSaga.command(row.state()));
                var input = mistake.heard(
                        row.state(),
                        mistake.carriesOut(row.state()) ? steps.carryOut(command, context) : new Input.Done());
                if (input instanceof Input.Prepared && !secret.value().equals(live.at(PATH))) {
                    healing++;
                }
                if (finishes && input instanceof Input.Done) {
                    check(
                            Collections.disjoint(leftBehind, leftBehind())
                                    || !secret.value().equals(live.at(PATH)),
                            () -> "a run that is over left its values behind");
                }
                database.extend(row);
                var limits =
                        new Limits(STEP, STEP, policy.consumerDeadline(), policy.grace(), STEP, DRAWS, policy.pauses());
                var situation = new Situation(context.run(), world.now(), row.since(), row.tries(), limits);
                var decision = mistake.amend(row.state(), RotationSaga.decide(row.state(), input, situation));
                next = database.commit(row, decision)
                        .filter(_ -> decision.delay().isZero());
                check(
                        next.isEmpty()
                                || !(decision.next() instanceof RotationState.Succeeded)
                                || !before.getOrDefault(row.id(), List.of()).contains(live.at(PATH)),
                        () -> row.id() + " has succeeded, and nothing has changed since it was asked for");
            }
        }
    }

    private void oldValueIsDeadFirst(Row row) {
        boolean publishes = RotationSaga.command(row.state()) instanceof Command.Publish;
        check(
                !publishes
                        || policy.retirement() == Retirement.AFTER_READERS
                        || !accepts(pending.at(pending.latestOf("shop/orders/" + row.id() + "/previous-"))),
                () -> "published before the old value is dead");
    }

    /**
     * What lies in the pending mount of runs that are over. A run that is done with the mount has deleted what it found there; whoever was
     * stopped for long may have written since, which the next run deletes.
     */
    private Set<String> leftBehind() {
        return pending.paths()
                .filter(path -> database.rows().stream()
                        .anyMatch(row -> row.state().isOver() && path.contains("/" + row.id() + "/")))
                .collect(Collectors.toSet());
    }

    private void somethingKeptIsAccepted() {
        check(
                drifted
                        || live.values().anyMatch(this::accepts)
                        || pending.values().anyMatch(this::accepts),
                () -> "nothing that is kept is accepted");
    }

    /** With two roles every reader, those that start now included, is let in at every instant, unless the old value is to die first. */
    private void readersAreLetIn() {
        if (overlap == Overlap.BOTH_VALID && policy.retirement() == Retirement.AFTER_READERS) {
            check(accepts(secret.value()), () -> "what is published is refused");
            check(pods.values().stream().allMatch(this::accepts), () -> "what a pod holds is refused");
            check(pods.refused() == 0, () -> "a new pod was refused");
        }
    }

    /**
     * The same for who has read the store a moment ago, where old values live on for a while. After a database of the runs has lost one the
     * next may begin at once, and take the role that was live until then.
     */
    private void readersOfTheStoreAreLetIn() {
        var now = world.now();
        if (!readLast.isEmpty()) {
            read.put(readLast, now);
        }
        readLast = live.at(PATH);
        read.put(readLast, now);
        read.values().removeIf(at -> at.isBefore(now.minus(A_MOMENT)));
        check(
                overlap != Overlap.BOTH_VALID
                        || policy.retirement() != Retirement.AFTER_READERS
                        || policy.grace().isZero()
                        || failedOver
                        || read.keySet().stream().allMatch(this::accepts),
                () -> "what was live a moment ago is refused");
    }

    private void atTheEnd() {
        check(accepts(live.at(PATH)), () -> "the live value is refused");
        check(
                secret.value().equals(live.at(PATH)) || secret.value().equals(ownLogin),
                () -> "what is published is not the live value");
        check(
                pods.values().stream().allMatch(value -> value.equals(secret.value())),
                () -> "a pod holds another value than the one that is published");
        var rows = database.rows();
        for (var row : rows) {
            long promotions = database.facts(row.id()).stream()
                    .filter(RotationPromoted.class::isInstance)
                    .count();
            check(promotions <= 1, () -> row.id() + " was promoted " + promotions + " times");
        }
        // Whatever the database has lost.
        int made = live.standing(PATH).size() - 1;
        check(
                byHand != 0 || !ownLogin.isEmpty() || live.isForgetful() || made <= said.size() + healing,
                () -> said.size() + " runs have left " + made + " new values");
        boolean allSucceeded = rows.stream().allMatch(row -> row.state() instanceof RotationState.Succeeded);
        if (edited.equals("null") && byHand == 0 && ownLogin.isEmpty() && !failedOver) {
            check(
                    allSucceeded || world.hasStruck() || repairs > 0 || roles.refused() >= DRAWS,
                    () -> "nothing went wrong, and yet not all is well");
            check(
                    !allSucceeded || live.versionOf(PATH) == 1 + rows.size() - repairs,
                    () -> "a value was written twice");
        }
    }

    private static void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    private static RotationPolicy policy(Overlap overlap, Duration grace) {
        var secret = new Publication(new SecretPublication("orders-db", null, Map.of("user", "{username}")));
        return new RotationPolicy(
                "shop",
                "orders",
                "uid",
                target(overlap),
                null,
                new SecretRotationSpec.Store(new SecretRotationSpec.VaultPath(PATH)),
                List.of(secret),
                List.of(ModelSecret.NAME),
                Characters.USUAL,
                null,
                CONSUMERS,
                grace,
                false,
                false,
                true,
                false,
                false,
                RotationPolicy.DriftPlan.USUAL,
                List.of());
    }

    private static SecretRotationSpec.Target target(Overlap overlap) {
        var strategy = overlap == Overlap.BOTH_VALID ? """
                "strategy": "AlternatingRoles", "owner": "orders", "roles": ["orders_a", "orders_b"]""" : """
                "strategy": "SingleRole", "role": "orders_a\"""";
        try {
            return EventJson.mapper().readValue("""
                    {"postgres": {"host": "db", "database": "orders", %s}}""".formatted(strategy), SecretRotationSpec.Target.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
