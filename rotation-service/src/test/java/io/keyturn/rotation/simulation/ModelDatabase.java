package io.keyturn.rotation.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.Held;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.RotationSaga;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.step.OtherRuns;
import io.keyturn.testbed.simulation.Turns;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.NoAnswer;
import org.jspecify.annotations.Nullable;

/** The runs of one SecretRotation, with the conditions that the statements of the service have. A commit is undivided. */
final class ModelDatabase implements OtherRuns {
    private static final Duration CLAIM = Duration.ofSeconds(15);
    /** By how much a standby is behind at most. */
    private static final Duration FURTHEST_BEHIND = Duration.ofMinutes(10);

    private final World world;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private boolean careless;
    private boolean replicated;
    private final Map<String, List<RotationEvent>> facts = new LinkedHashMap<>();
    private final Deque<Replica> replicas = new ArrayDeque<>();

    /** What a standby had at that time. */
    private record Replica(Instant at, Map<String, Row> rows, Map<String, Integer> facts) {}

    /** A run as it was read; {@code epoch} is the fence. */
    record Row(
            String id,
            RotationState state,
            Instant since,
            int tries,
            Instant dueAt,
            long epoch,
            @Nullable Instant claimedUntil) {
        boolean isClaimed(Instant now) {
            return claimedUntil != null && claimedUntil.isAfter(now);
        }

        /** Whether it knows what may lie where consumers read. */
        boolean knowsWhatIsPublished() {
            var command = RotationSaga.command(state);
            return switch (command) {
                case Command.Apply(var change) -> isIntact(change);
                case Command.Redraw redraw -> isIntact(redraw.change());
                case Command.Test(var change) -> isIntact(change);
                case Command.Promote(var change) -> isIntact(change);
                case Command.Publish publish -> isIntact(publish.change());
                case Command.LookAtConsumers look -> isIntact(look.change());
                case Command.Undo undo -> isIntact(undo.change());
                case Command.Adopt _,
                        Command.Repair _,
                        Command.Listen _,
                        Command.Prepare _,
                        Command.Retire _,
                        Command.Finish _ -> false;
                case null -> false;
            };
        }

        private static boolean isIntact(Change change) {
            return !change.intact().isEmpty();
        }

        boolean repairs() {
            return id.startsWith("repair");
        }

        boolean isOnlyRequested() {
            return state instanceof RotationState.Requested;
        }

        Row claimed(long byEpoch, Instant until) {
            return new Row(id, state, since, tries, dueAt, byEpoch, until);
        }
    }

    ModelDatabase(World world) {
        this.world = world;
    }

    /** A request; a repeated one changes nothing. */
    void accept(String id) {
        accept(id, Purpose.ROTATE);
    }

    void accept(String id, Purpose purpose) {
        world.happens(
                "request " + id,
                () -> Optional.ofNullable(rows.get(id))
                        .orElseGet(() -> put(new Row(
                                id, new RotationState.Requested(purpose), world.now(), 0, world.now(), 0, null))));
    }

    List<Row> rows() {
        return List.copyOf(rows.values());
    }

    List<RotationEvent> facts(String run) {
        return facts.getOrDefault(run, List.of());
    }

    @Override
    public List<RotationId> openAmong(List<RotationId> runs) {
        return runs.stream()
                .filter(run -> rows.containsKey(run.value()) && !isOver(run.value()))
                .toList();
    }

    @Override
    public boolean isOver(String policyUid, RotationId run) {
        return rows.containsKey(run.value()) && isOver(run.value());
    }

    @Override
    public List<Held> held(String policyUid) {
        var held = new ArrayList<Held>();
        var over = rows.values().stream().filter(row -> row.state().isOver()).sorted(Comparator.comparing(Row::since));
        over.forEach(row -> {
            switch (row.state()) {
                case RotationState.Failed(var _, var of) when of != null -> held.add(of);
                case RotationState.Succeeded _ when !row.repairs() -> held.clear();
                default -> {}
            }
        });
        return held;
    }

    /** Whether nothing more comes of it; of a request that was lost nothing does. */
    boolean isOver(String id) {
        var row = rows.get(id);
        return row == null || row.state().isOver();
    }

    boolean isIdle() {
        return rows.values().stream().allMatch(row -> row.state().isOver());
    }

    /** The first run that is due and nobody's. */
    Optional<Row> claim() throws NoAnswer {
        return world.call("claim", () -> {
            var now = world.now();
            var found = rows.values().stream()
                    .filter(row -> !row.state().isOver() && !row.dueAt().isAfter(now) && !row.isClaimed(now))
                    .filter(row -> !row.isOnlyRequested() || isFirst(row, now))
                    .min(Comparator.comparing(Row::dueAt));
            return found.map(row -> put(row.claimed(nextEpoch(), now.plus(CLAIM))));
        });
    }

    /** Higher than all before, those that are lost included. */
    private long nextEpoch() {
        long last = rows.values().stream().mapToLong(Row::epoch).max().orElse(0);
        return Math.max(last + 1, ChronoUnit.MICROS.between(Turns.START, world.now()));
    }

    /** From now on there is a standby, that is behind. */
    void replicate() {
        replicated = true;
        copy();
    }

    /** The standby takes over: what was committed since is lost. */
    void failOver(Duration behind) {
        var then = world.now().minus(behind);
        while (replicas.size() > 1 && replicas.getLast().at().isAfter(then)) {
            replicas.removeLast();
        }
        var replica = replicas.getLast();
        rows.clear();
        rows.putAll(replica.rows());
        facts.forEach((run, stated) -> {
            int kept = replica.facts().getOrDefault(run, 0);
            stated.subList(kept, stated.size()).clear();
        });
    }

    private void copy() {
        if (replicated) {
            var stated = new LinkedHashMap<String, Integer>();
            facts.forEach((run, all) -> stated.put(run, all.size()));
            replicas.addLast(new Replica(world.now(), new LinkedHashMap<>(rows), stated));
            var past = world.now().minus(FURTHEST_BEHIND);
            while (replicas.size() > 1 && !second().at().isAfter(past)) {
                replicas.removeFirst();
            }
        }
    }

    private Replica second() {
        return replicas.stream().skip(1).findFirst().orElseThrow();
    }

    /** When the run that goes on now, or else the first that was asked for, may be claimed; within half a minute. */
    Duration untilNextDue() {
        var limit = world.now().plusSeconds(30);
        var next = rows.values().stream()
                .filter(row -> !row.state().isOver())
                .min(Comparator.comparing(Row::isOnlyRequested))
                .map(row -> row.claimedUntil() == null || row.claimedUntil().isBefore(row.dueAt())
                        ? row.dueAt()
                        : row.claimedUntil())
                .filter(due -> due.isBefore(limit))
                .orElse(limit);
        return next.isBefore(world.now()) ? Duration.ZERO : Duration.between(world.now(), next);
    }

    /** In the order in which they were asked for, and while no other has begun. */
    private boolean isFirst(Row row, Instant now) {
        var open = rows.values().stream().filter(r -> !r.state().isOver()).toList();
        return open.getFirst().equals(row)
                && open.stream().skip(1).allMatch(other -> other.isOnlyRequested() && !other.isClaimed(now));
    }

    /** What keeps a claim while its process lives. */
    void extend(Row mine) {
        var row = rows.get(mine.id());
        if (row != null && row.epoch() == mine.epoch() && row.claimedUntil() != null) {
            put(row.claimed(row.epoch(), world.now().plus(CLAIM)));
        }
    }

    /** A mistake: from now on whoever has had a run may commit. */
    void ignoreEpochs() {
        careless = true;
    }

    /** Empty if the run belongs to somebody else by now. */
    Optional<Row> commit(Row mine, Decision decision) throws NoAnswer {
        return world.call("commit " + mine.id() + " → " + decision.next().phase(), () -> {
            var row = rows.get(mine.id());
            if (row == null
                    || row.epoch() != mine.epoch() && !careless
                    || row.state().isOver()) {
                return Optional.<Row>empty();
            }
            var now = world.now();
            facts.computeIfAbsent(mine.id(), _ -> new ArrayList<>()).addAll(decision.facts());
            boolean waits = !decision.delay().isZero() || decision.next().isOver();
            return Optional.of(put(new Row(
                    mine.id(),
                    decision.next(),
                    decision.again() ? mine.since() : now,
                    decision.again() ? mine.tries() + 1 : 0,
                    now.plus(decision.delay()),
                    mine.epoch(),
                    waits ? null : now.plus(CLAIM))));
        });
    }

    private Row put(Row row) {
        rows.put(row.id(), row);
        copy();
        return row;
    }
}
