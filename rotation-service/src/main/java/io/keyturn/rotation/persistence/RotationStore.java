package io.keyturn.rotation.persistence;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.rotation.saga.Decision;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Runs in PostgreSQL. A change of a run and the facts about it are one transaction. */
@ApplicationScoped
public class RotationStore {
    /** A run that was only requested waits while another of its SecretRotation is unfinished and was there first. */
    private static final String CLAIM = """
            update rotation set claimed_by = :me, epoch = epoch + 1,
                   claimed_until = now() + cast(:millis || ' milliseconds' as interval)
             where id in (
                   select r.id from rotation r
                    where r.finished_at is null and r.due_at <= now()
                      and (r.claimed_until is null or r.claimed_until < now())
                      and (r.phase <> 'Requested' or not exists (
                           select from rotation o
                            where o.policy_uid = r.policy_uid and o.finished_at is null and o.id <> r.id
                              and (o.phase <> 'Requested' or (o.requested_at, o.id) < (r.requested_at, r.id))))
                    order by r.due_at limit :limit for update skip locked)
            returning id
            """;

    private final UnitOfWork unit;
    private final Mutiny.SessionFactory sessions;
    private final Clock clock;

    RotationStore(UnitOfWork unit, Mutiny.SessionFactory sessions, Clock clock) {
        this.unit = unit;
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
                                .chain(last -> isStale(request, last)
                                        ? work.state(
                                                        List.of(new RotationFailed(
                                                                run, clock.instant(), RotationReason.STALE_REQUEST)),
                                                        traceparent)
                                                .replaceWith(false)
                                        : insert(work, request, generation, traceparent, run)));
    }

    private Uni<Boolean> insert(
            Work work, RotationRequested request, long generation, @Nullable String traceparent, RunRef run) {
        var row = RotationRow.requested(request, generation, traceparent, clock.instant());
        return work.session()
                .persist(row)
                .chain(() ->
                        work.state(List.of(new RotationStarted(run, clock.instant(), request.reason())), traceparent))
                .replaceWith(true);
    }

    /** A leak detector need not know our runs: a compromise is never stale. */
    private static boolean isStale(RotationRequested request, Optional<RotationRow> last) {
        return last.isPresent()
                && request.reason() != RequestReason.COMPROMISE
                && request.reason() != RequestReason.ADOPT
                && !Objects.equals(
                        last.get().id,
                        request.basedOn() == null ? null : request.basedOn().value());
    }

    /** Claims due runs for this process. */
    public Uni<List<String>> claim(String instance, int limit, Duration validity) {
        return sessions.withTransaction((session, _) -> session.createNativeQuery(CLAIM, String.class)
                .setParameter("me", instance)
                .setParameter("millis", String.valueOf(validity.toMillis()))
                .setParameter("limit", limit)
                .getResultList());
    }

    public Uni<Run> load(String id) {
        return sessions.withSession(session -> session.find(RotationRow.class, id))
                .map(RotationRow::run);
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
        return unit.run(work -> work.session()
                .find(RotationRow.class, run.id().value(), LockModeType.PESSIMISTIC_WRITE)
                .chain(row -> {
                    if (row == null || row.epoch != run.epoch() || row.finishedAt != null) {
                        return Uni.createFrom().item(Optional.<Run>empty());
                    }
                    apply(row, decision, spec, detail, claim);
                    return work.state(decision.facts(), traceparent).replaceWith(Optional.of(row.run()));
                }));
    }

    private void apply(
            RotationRow row,
            Decision decision,
            @Nullable SecretRotationSpec spec,
            @Nullable String detail,
            Duration claim) {
        var now = clock.instant();
        row.spec = StateJson.write(spec);
        row.detail = detail;
        row.dueAt = now.plus(decision.delay());
        boolean goesOn = decision.delay().isZero();
        row.claimedUntil = goesOn ? now.plus(claim) : null;
        if (decision.again()) {
            row.tries++;
        } else {
            row.enter(decision.next(), now);
        }
    }

    /** Extends the claim a run was read under; without effect once it is committed or somebody else's. */
    public Uni<Void> extend(Run run, Duration validity) {
        return sessions.withTransaction((session, _) -> session.createNativeQuery("""
                                update rotation
                                   set claimed_until = now() + cast(:millis || ' milliseconds' as interval)
                                 where id = :id and epoch = :epoch and claimed_until is not null
                                """)
                        .setParameter("millis", String.valueOf(validity.toMillis()))
                        .setParameter("id", run.id().value())
                        .setParameter("epoch", run.epoch())
                        .executeUpdate())
                .replaceWithVoid();
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

    /** Makes a waiting run due now. Whether it can go on it sees for itself. */
    public Uni<Boolean> wake(Work work, RotationId id) {
        return work.session()
                .createNativeQuery(
                        "update rotation set due_at = now() where id = :id and finished_at is null and phase in ('Published', 'Compensating')")
                .setParameter("id", id.value())
                .executeUpdate()
                .map(rows -> rows > 0);
    }

    /** What status tells about a SecretRotation. */
    public Uni<History> history(String policyUid) {
        return sessions.withSession(session -> one(
                        session,
                        "from RotationRow where policyUid = :uid and finishedAt is null order by requestedAt",
                        policyUid)
                .chain(active -> lastFinished(session, policyUid)
                        .chain(last -> one(
                                        session,
                                        "from RotationRow where policyUid = :uid and outcome = 'Succeeded' order by finishedAt",
                                        policyUid)
                                .chain(adopted -> one(
                                                session,
                                                "from RotationRow where policyUid = :uid and outcome = 'Succeeded' order by finishedAt desc",
                                                policyUid)
                                        .map(succeeded -> new History(
                                                History.Entry.of(active),
                                                History.Entry.of(last),
                                                History.Entry.of(adopted),
                                                History.Entry.of(succeeded)))))));
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

    private static Uni<Optional<RotationRow>> lastFinished(Mutiny.Session session, String policyUid) {
        return one(
                session,
                "from RotationRow where policyUid = :uid and finishedAt is not null order by finishedAt desc",
                policyUid);
    }

    private static Uni<Optional<RotationRow>> one(Mutiny.Session session, String query, String policyUid) {
        return session.createQuery(query, RotationRow.class)
                .setParameter("uid", policyUid)
                .setMaxResults(1)
                .getResultList()
                .map(rows -> rows.stream().findFirst());
    }
}
