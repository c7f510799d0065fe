package io.keyturn.rotation.persistence;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.Held;
import io.keyturn.rotation.saga.RotationState;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Runs in PostgreSQL. A change of a run and the facts about it are one transaction. */
@ApplicationScoped
public class RotationStore {
    /** Phases of runs that have touched nothing; the unique index of active runs has the same. */
    static final String NOT_BEGUN = "('Requested', 'AwaitingApproval')";

    /** Who goes first of those that have not begun: an emergency, then a repair, for what is in force does not work; then who was first. */
    private static final String RANK = "case reason when 'COMPROMISE' then 0 when 'DRIFT' then 1 else 2 end";

    /**
     * A run that has not begun waits while another of its SecretRotation has, or goes first, or is being begun. The epoch is higher than that of
     * every claim of the SecretRotation before, and than those of a database that was restored since.
     */
    private static final String CLAIM = """
            update rotation set claimed_by = :me,
                   epoch = greatest(cast(extract(epoch from clock_timestamp()) * 1000000 as bigint),
                                    (select max(a.epoch) + 1 from rotation a where a.policy_uid = rotation.policy_uid)),
                   claimed_until = now() + cast(:millis || ' milliseconds' as interval)
             where id in (
                   select r.id from rotation r
                    where r.finished_at is null and r.due_at <= now()
                      and (r.claimed_until is null or r.claimed_until < now())
                      and r.policy_uid <> all (string_to_array(cast(:waiting as text), ','))
                      and (r.phase not in <not begun> or not exists (
                           select from rotation o
                            where o.policy_uid = r.policy_uid and o.finished_at is null and o.id <> r.id
                              and (o.phase not in <not begun> or o.claimed_until > now()
                                   or (<rank of o>, o.requested_at, o.id) < (<rank of r>, r.requested_at, r.id))))
                    order by r.due_at limit :limit for update skip locked)
            returning *
            """.replace("<not begun>", NOT_BEGUN)
            .replace("<rank of o>", RANK.replace("reason", "o.reason"))
            .replace("<rank of r>", RANK.replace("reason", "r.reason"));

    /**
     * For who goes first now. It waits for the end of claims that are under way; one that has read the runs before, and does not know of
     * him, finds them no longer due. Else both could be claimed, and a repair does its work before it counts as begun.
     */
    private static final String MAKE_WAY = """
            update rotation set due_at = greatest(due_at, clock_timestamp() + interval '1 second')
             where policy_uid = :uid and finished_at is null and phase in <not begun>
            """.replace("<not begun>", NOT_BEGUN);

    /**
     * When the next run may be claimed, as far as this moment tells; milliseconds from now, null if none may. What waits for a run that has
     * begun does not count, for that one may be paused for days.
     */
    private static final String NEXT_DUE = """
            select cast(extract(epoch from min(greatest(due_at, coalesce(claimed_until, due_at))) - now()) * 1000 as bigint)
              from rotation r
             where finished_at is null
               and (phase not in <not begun> or not exists (
                    select from rotation o
                     where o.policy_uid = r.policy_uid and o.finished_at is null and o.id <> r.id
                       and o.phase not in <not begun>))
            """.replace("<not begun>", NOT_BEGUN);

    /** On the way back who has just read the failed value is let in for a moment: neither a report nor a word cuts that short. */
    private static final String LETS_IN =
            "(phase = 'Compensating' and cast(state as jsonb)->'remaining'->>0 = 'RETRACT_TARGET')";

    private static final String COMMIT = """
            update RotationRow
               set spec = coalesce(:spec, spec), detail = :detail, dueAt = :dueAt, claimedUntil = :claimedUntil, state = :state, phase = :phase,
                   stateSince = :since, tries = :tries, pauses = :pauses, finishedAt = :finishedAt, outcome = :outcome, outcomeReason = :reason
             where id = :id and epoch = :epoch and finishedAt is null
            """;

    /** A report that came while the command looked is not to be lost in the pause that follows: the run stays due. */
    private static final String COMMIT_AGAIN =
            COMMIT.replace("dueAt = :dueAt", "dueAt = case when dueAt = :seen then :dueAt else dueAt end");

    /** An emergency may have come since the run was claimed: then there is no grace period, and the run is overdue. */
    private static final String COMMIT_MOVED =
            COMMIT.replace("dueAt = :dueAt", "dueAt = case when hastened = true then requestedAt else :dueAt end");

    /** What has begun is not to keep an emergency waiting longer than its steps take. */
    private static final String HASTEN = """
            update rotation
               set hastened = true,
                   due_at = case when phase in ('ConsumersMoved', 'Paused') then least(due_at, now()) else due_at end
             where id in (
                   select r.id from rotation r
                    where r.finished_at is null and not r.hastened and r.phase not in <not begun>
                      and exists (select from rotation e
                                   where e.policy_uid = r.policy_uid and e.finished_at is null
                                     and e.reason = 'COMPROMISE' and e.phase in <not begun>)
                      for update of r skip locked)
            """.replace("<not begun>", NOT_BEGUN);

    /**
     * The runs that status is made of: the first active one, the last one, the first and the last that succeeded. A stale request
     * was never a run of anything, and one that was given up as DELETED, of a SecretRotation that is there, gave it another name. A
     * repair is no rotation: the next one is due, asked for, and waits for its approval as if it had not been.
     */
    private static final String HISTORY = """
            select * from rotation where id in (
                (select id from rotation where policy_uid = :uid and finished_at is null
                    order by phase in <not begun>, reason <> 'COMPROMISE', requested_at, id limit 1) union
                (select id from rotation where policy_uid = :uid and finished_at is not null and reason <> 'DRIFT'
                    and (outcome_reason is null or outcome_reason not in ('STALE_REQUEST', 'DELETED'))
                    order by finished_at desc limit 1) union
                (select id from rotation where policy_uid = :uid and outcome = 'Succeeded' and reason <> 'DRIFT'
                    order by finished_at limit 1) union
                (select id from rotation where policy_uid = :uid and outcome = 'Succeeded' and reason <> 'DRIFT'
                    order by finished_at desc limit 1))
            """.replace("<not begun>", NOT_BEGUN);

    /** A run that has succeeded since has moved all readers, and set the value of that principal anew. */
    private static final String HELD = """
            select state from rotation
             where policy_uid = :uid and outcome = 'Failed' and cast(state as jsonb)->'held' is not null
               and finished_at > coalesce(
                   (select max(o.finished_at) from rotation o
                     where o.policy_uid = :uid and o.outcome = 'Succeeded' and o.reason not in ('ADOPT', 'DRIFT')),
                   '-infinity')
             order by finished_at desc limit 20
            """;

    private static final String OVERTAKEN = """
            select count(*) from RotationRow r, RotationRow o
             where r.id = :id and o.policyUid = r.policyUid and o.finishedAt > r.requestedAt
               and o.outcome = 'Succeeded' and o.reason not in ('ADOPT', 'DRIFT')
            """;

    private final UnitOfWork unit;
    private final DriftStore drifts;
    private final Mutiny.SessionFactory sessions;
    private final DatabaseClock clock;
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    RotationStore(UnitOfWork unit, DriftStore drifts, Mutiny.SessionFactory sessions, DatabaseClock clock) {
        this.unit = unit;
        this.drifts = drifts;
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * Takes a request up, in the caller's transaction: a repeated one is passed over, one that is not based on the last finished
     * run is refused as stale.
     *
     * @return whether there is a new run
     */
    public Uni<Boolean> accept(Work work, RotationRequested request, long generation, @Nullable String traceparent) {
        var run = new RunRef(request.id(), request.about());
        return work.session()
                .find(RotationRow.class, request.id().value())
                .chain(known -> known != null
                        ? Uni.createFrom().item(false)
                        : lastFinished(work.session(), request.policyUid().value())
                                .chain(last -> new Basis(request.reason(), request.basedOn()).isStale(last.orElse(null))
                                        ? refuse(work, request, generation, traceparent, run)
                                        : insert(work, request, generation, traceparent, run)));
    }

    /** It is kept: were it said again, by a watcher that does not know, it would not be stale any more. */
    private Uni<Boolean> refuse(
            Work work, RotationRequested request, long generation, @Nullable String traceparent, RunRef run) {
        var now = clock.instant();
        var row = RotationRow.requested(request, generation, traceparent, now);
        row.enter(new RotationState.Failed(RotationReason.STALE_REQUEST), now);
        return work.session()
                .persist(row)
                .chain(() ->
                        work.state(List.of(new RotationFailed(run, now, RotationReason.STALE_REQUEST)), traceparent))
                .replaceWith(false);
    }

    private Uni<Boolean> insert(
            Work work, RotationRequested request, long generation, @Nullable String traceparent, RunRef run) {
        var row = RotationRow.requested(request, generation, traceparent, clock.instant());
        return makeWay(work, request)
                .chain(() -> work.session().persist(row))
                .chain(() ->
                        work.state(List.of(new RotationStarted(run, clock.instant(), request.reason())), traceparent))
                .replaceWith(true);
    }

    private static Uni<Integer> makeWay(Work work, RotationRequested request) {
        return switch (request.reason()) {
            case COMPROMISE, DRIFT ->
                work.session()
                        .createNativeQuery(MAKE_WAY)
                        .setParameter("uid", request.policyUid().value())
                        .executeUpdate();
            case SCHEDULE, MANUAL, ADOPT -> Uni.createFrom().item(0);
        };
    }

    /**
     * Whether another run has succeeded since this one was asked for: what it asked for has happened. Of two requests that are based
     * on the same run both may have been accepted, while it was still the last. A run that changed nothing in the end overtakes nobody.
     */
    public Uni<Boolean> isOvertaken(Run run) {
        return Basis.matters(run.reason())
                ? sessions.withSession(session -> session.createQuery(OVERTAKEN, Long.class)
                                .setParameter("id", run.id().value())
                                .getSingleResult())
                        .map(others -> others > 0)
                : Uni.createFrom().item(false);
    }

    /**
     * Claims due runs for this process, those that keep an emergency waiting among them. One that cannot be read stays claimed for that
     * long, and holds no other up.
     *
     * @param waiting SecretRotations whose runs are left alone now, by their uids
     */
    public Uni<List<Run>> claim(String instance, List<String> waiting, int limit, Duration validity) {
        return sessions.withTransaction((session, _) -> clock.set(session)
                .chain(() -> session.createNativeQuery(HASTEN).executeUpdate())
                .chain(() -> session.createNativeQuery(CLAIM, RotationRow.class)
                        .setParameter("me", instance)
                        .setParameter("millis", String.valueOf(validity.toMillis()))
                        .setParameter("limit", limit)
                        .setParameter("waiting", String.join(",", waiting))
                        .getResultList())
                .map(rows -> rows.stream().flatMap(this::readable).toList()));
    }

    /** A later version may have written what this one does not know; that version goes on with it. */
    private Stream<Run> readable(RotationRow row) {
        try {
            return Stream.of(row.run());
        } catch (IllegalArgumentException | IllegalStateException e) {
            if (unreadable.add(row.id)) {
                var policy = ObjectRef.secretRotation(row.namespace, row.name);
                RotationLog.LOG.unreadable(new RotationId(row.id), policy, row.phase);
            }
            return Stream.empty();
        }
    }

    /** How long until a run may be due; zero or less when one already is but waits for another. Empty if none is unfinished. */
    public Uni<Optional<Duration>> untilNextDue() {
        return sessions.withSession(session ->
                        session.createNativeQuery(NEXT_DUE, Long.class).getSingleResultOrNull())
                .map(millis -> Optional.ofNullable(millis).map(Duration::ofMillis));
    }

    /**
     * Carries a decision into the row and states its facts, if the run still belongs to the claim it was read under.
     *
     * @param spec the spec to go on with; kept once the run leaves Requested
     * @return the run as it is now; empty if another process has it
     */
    public Uni<Optional<Run>> commit(
            Run run,
            Decision decision,
            @Nullable SecretRotationSpec spec,
            @Nullable String detail,
            Duration claim,
            @Nullable String traceparent) {
        // As exact as the database keeps it.
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var next = next(run, decision, spec, now);
        return unit.run(work -> update(work, run, decision, next, detail, now, claim)
                .chain(rows -> rows == 0
                        ? Uni.createFrom().item(Optional.<Run>empty())
                        : work.state(decision.facts(), traceparent)
                                .chain(() -> next.state() instanceof RotationState.Succeeded
                                        ? drifts.accepted(work, run.policyUid())
                                        : Uni.createFrom().item(false))
                                .replaceWith(Optional.of(next))));
    }

    private static Uni<Integer> update(
            Work work, Run run, Decision decision, Run next, @Nullable String detail, Instant now, Duration claim) {
        var over = next.state().isOver();
        var moved = next.state() instanceof RotationState.ConsumersMoved;
        var update =
                work.session().createMutationQuery(decision.again() ? COMMIT_AGAIN : moved ? COMMIT_MOVED : COMMIT);
        if (decision.again()) {
            update.setParameter("seen", run.dueAt());
        }
        return update.setParameter("spec", run.spec() == next.spec() ? null : StateJson.write(next.spec()))
                .setParameter("detail", detail)
                .setParameter("dueAt", next.dueAt())
                .setParameter("claimedUntil", decision.delay().isZero() && !over ? now.plus(claim) : null)
                .setParameter("state", StateJson.write(next.state()))
                .setParameter("phase", next.state().phase())
                .setParameter("since", next.since())
                .setParameter("tries", next.tries())
                .setParameter("pauses", next.pauses())
                .setParameter("finishedAt", over ? now : null)
                .setParameter("outcome", over ? next.state().phase() : null)
                .setParameter("reason", RotationRow.outcomeReason(next.state()))
                .setParameter("id", run.id().value())
                .setParameter("epoch", run.epoch())
                .executeUpdate();
    }

    private static Run next(Run run, Decision decision, @Nullable SecretRotationSpec spec, Instant now) {
        return new Run(
                run.id(),
                run.policy(),
                run.policyUid(),
                run.reason(),
                run.basedOn(),
                spec,
                decision.next(),
                decision.again() ? run.since() : now,
                decision.again() ? run.tries() + 1 : 0,
                run.pauses() + (decision.next() instanceof RotationState.Paused && !decision.again() ? 1 : 0),
                now.plus(decision.delay()),
                run.hastened(),
                run.epoch(),
                run.traceparent());
    }

    /** Extends the claim a run was read under. False if there is none any more: the run waits, is over, or is somebody else's. */
    public Uni<Boolean> extend(Run run, Duration validity) {
        return sessions.withTransaction((session, _) -> session.createNativeQuery("""
                                update rotation
                                   set claimed_until = now() + cast(:millis || ' milliseconds' as interval)
                                 where id = :id and epoch = :epoch and claimed_until is not null
                                """)
                        .setParameter("millis", String.valueOf(validity.toMillis()))
                        .setParameter("id", run.id().value())
                        .setParameter("epoch", run.epoch())
                        .executeUpdate())
                .map(rows -> rows > 0);
    }

    /** Gives a claim up, so that another process need not wait for its end. */
    public Uni<Void> release(Run run) {
        return sessions.withTransaction((session, _) -> session.createNativeQuery(
                                "update rotation set claimed_until = null where id = :id and epoch = :epoch")
                        .setParameter("id", run.id().value())
                        .setParameter("epoch", run.epoch())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** Makes a run that waits for its readers due now. Whether it can go on it sees for itself. */
    public Uni<Boolean> wake(Work work, RotationId id) {
        return work.session()
                .createNativeQuery(
                        "update rotation set due_at = now() where id = :id and finished_at is null and phase in ('Published', 'Compensating') and not "
                                + LETS_IN)
                .setParameter("id", id.value())
                .executeUpdate()
                .map(rows -> rows > 0);
    }

    /** Makes what may hear a person due now: somebody has said something. A time for which a value stays valid is not cut short by words. */
    public Uni<Boolean> heard(String policyUid) {
        return sessions.withTransaction((session, _) -> session.createNativeQuery(
                                "update rotation set due_at = now() where policy_uid = :uid and finished_at is null and phase <> 'ConsumersMoved' and not "
                                        + LETS_IN)
                        .setParameter("uid", policyUid)
                        .executeUpdate())
                .map(rows -> rows > 0);
    }

    /** Those of the runs that are not over. */
    public Uni<List<RotationId>> open(List<RotationId> runs) {
        return sessions.withSession(session -> session.createQuery(
                                "select id from RotationRow where id in :ids and finishedAt is null", String.class)
                        .setParameter(
                                "ids", runs.stream().map(RotationId::value).toList())
                        .getResultList())
                .map(ids -> ids.stream().map(RotationId::new).toList());
    }

    /** Those of the runs that were of this SecretRotation and are over. */
    public Uni<List<RotationId>> over(String policyUid, List<RotationId> runs) {
        return sessions.withSession(session -> session.createQuery(
                                "select id from RotationRow where id in :ids and policyUid = :uid and finishedAt is not null",
                                String.class)
                        .setParameter(
                                "ids", runs.stream().map(RotationId::value).toList())
                        .setParameter("uid", policyUid)
                        .getResultList())
                .map(ids -> ids.stream().map(RotationId::new).toList());
    }

    /** Which failed values readers of the SecretRotation may still hold. */
    public Uni<List<Held>> held(String policyUid) {
        return sessions.withSession(session -> session.createNativeQuery(HELD, String.class)
                        .setParameter("uid", policyUid)
                        .getResultList())
                .map(states -> states.stream()
                        .map(StateJson::readState)
                        .flatMap(state -> state instanceof RotationState.Failed(var _, var held) && held != null
                                ? Stream.of(held)
                                : Stream.empty())
                        .toList());
    }

    /** The spec that the last run of a SecretRotation was driven by; empty if none has begun. */
    public Uni<Optional<SecretRotationSpec>> lastSpec(String policyUid) {
        return sessions.withSession(session -> session.createQuery(
                                "select spec from RotationRow where policyUid = :uid and spec is not null order by requestedAt desc",
                                String.class)
                        .setParameter("uid", policyUid)
                        .setMaxResults(1)
                        .getResultList())
                .map(specs -> specs.stream().findFirst().map(StateJson::readSpec));
    }

    /** What status tells about a SecretRotation. */
    public Uni<History> history(String policyUid) {
        return sessions.withSession(session -> session.createNativeQuery(HISTORY, RotationRow.class)
                .setParameter("uid", policyUid)
                .getResultList()
                .chain(rows -> drift(session, policyUid).map(drift -> History.of(rows, drift.orElse(null)))));
    }

    private static Uni<Optional<History.Drift>> drift(Mutiny.Session session, String policyUid) {
        return session.find(DriftRow.class, policyUid)
                .chain(row -> row == null || !row.isOpen()
                        ? Uni.createFrom().item(Optional.empty())
                        : (row.runId == null
                                        ? Uni.createFrom().<@Nullable RotationRow>nullItem()
                                        : session.find(RotationRow.class, row.runId))
                                .map(repair -> Optional.of(History.Drift.of(row, repair))));
    }

    /** How many adoptions of this generation were tried. */
    public Uni<Long> adoptionsTried(String policyUid, long generation) {
        return sessions.withSession(session -> session.createQuery(
                        "select count(*) from RotationRow where policyUid = :uid and generation = :generation and reason = 'ADOPT'",
                        Long.class)
                .setParameter("uid", policyUid)
                .setParameter("generation", generation)
                .getSingleResult());
    }

    /** The last run that ended, as status tells it. What is asked for is what index {@code rotation_last} holds, word for word. */
    static Uni<Optional<String>> lastFinished(Mutiny.Session session, String policyUid) {
        return session.createQuery("""
                        select id from RotationRow
                         where policyUid = :uid and finishedAt is not null and reason <> 'DRIFT'
                           and (outcomeReason is null or outcomeReason not in ('STALE_REQUEST', 'DELETED'))
                         order by finishedAt desc
                        """, String.class)
                .setParameter("uid", policyUid)
                .setMaxResults(1)
                .getResultList()
                .map(ids -> ids.stream().findFirst());
    }
}
