package io.keyturn.rotation.persistence;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;

import io.keyturn.contract.event.FindingCleared;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.persistence.Work;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.policy.RotationPolicy.DriftPlan;
import io.keyturn.rotation.target.Target.Standing;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

import static java.util.Objects.requireNonNull;

/** When each stored credential is looked at, and which of them are refused. A finding and the fact of it are one transaction. */
@ApplicationScoped
public class DriftStore {
    /** A new interval counts from now; else what is known stays. */
    private static final String ENROLL = """
            insert into drift (policy_uid, namespace, name, every_millis, due_at) values (:uid, :namespace, :name, :every, :first)
            on conflict (policy_uid) do update set every_millis = excluded.every_millis, due_at = excluded.due_at
             where drift.every_millis <> excluded.every_millis
            """;

    /**
     * A run that may change, or has changed, what is looked at, or tests it by itself. One that is paused does too: it may have set its
     * value already where there is one role, and then the stored one is refused on purpose. One that waits for its turn or for an approval
     * has touched nothing; an adoption and a repair do their work before they count as begun.
     */
    private static final String UNDER_WAY = """
            r.finished_at is null and (r.phase not in <not begun> or r.reason in ('ADOPT', 'DRIFT')
                                       or r.phase = 'Requested' and r.claimed_until > now())
            """.replace("<not begun>", RotationStore.NOT_BEGUN);

    private static final String CLAIM = """
            update drift set due_at = now() + cast(:millis || ' milliseconds' as interval)
             where policy_uid in (
                   select d.policy_uid from drift d
                    where d.due_at <= now() and d.policy_uid <> all (string_to_array(cast(:waiting as text), ',')) and not exists (
                          select from rotation r where r.policy_uid = d.policy_uid and <under way>)
                    order by d.due_at limit :limit for update skip locked)
            returning *
            """.replace("<under way>", UNDER_WAY);

    /** Runs that may have changed what was looked at. */
    private static final String MEANWHILE = """
            select count(*) from rotation r where r.policy_uid = :uid and (r.finished_at > :since or <under way>)
            """.replace("<under way>", UNDER_WAY);

    private final Mutiny.SessionFactory sessions;
    private final Clock clock;

    DriftStore(Mutiny.SessionFactory sessions, Clock clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * A look that is due and ours.
     *
     * @param at when it was claimed
     * @param open whether a finding is open
     */
    public record Due(ObjectRef policy, String uid, Duration every, Instant at, boolean open) {}

    /**
     * What a confirmed refusal has led to.
     *
     * @param raised whether it is new
     * @param repair the run to ask for in the same transaction, if there is to be one
     */
    public record Refusal(boolean raised, Optional<RotationRequested> repair) {
        static final Refusal NOTHING = new Refusal(false, Optional.empty());
    }

    /** Takes note of a SecretRotation, to be looked at first at that time and then as often. */
    public Uni<Void> enroll(ObjectRef policy, String uid, Duration every, Instant first) {
        return sessions.withTransaction((session, _) -> session.createNativeQuery(ENROLL)
                        .setParameter("uid", uid)
                        .setParameter("namespace", policy.namespace())
                        .setParameter("name", policy.name())
                        .setParameter("every", every.toMillis())
                        .setParameter("first", first)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /**
     * Looks that are due, each given to one process only.
     *
     * @param waiting SecretRotations that are left alone now, by their uids
     */
    public Uni<List<Due>> claim(List<String> waiting, int limit, Duration validity) {
        var at = now();
        return sessions.withTransaction((session, _) -> session.createNativeQuery(CLAIM, DriftRow.class)
                .setParameter("millis", String.valueOf(validity.toMillis()))
                .setParameter("limit", limit)
                .setParameter("waiting", String.join(",", waiting))
                .getResultList()
                .map(rows -> rows.stream()
                        .map(row ->
                                new Due(row.ref(), row.policyUid, Duration.ofMillis(row.everyMillis), at, row.isOpen()))
                        .toList()));
    }

    /** The next look comes then. */
    public Uni<Void> putOff(String uid, Instant next) {
        return sessions.withTransaction((session, _) -> session.createMutationQuery(
                                "update DriftRow set dueAt = :next where policyUid = :uid")
                        .setParameter("next", next)
                        .setParameter("uid", uid)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /**
     * The target does not let the stored credential in, as two looks have told. Nothing if a run came in between: the looks may have
     * met its work half done.
     *
     * @param repairs whether a run may be asked for; it is the same one however often that is said
     */
    public Uni<Refusal> refused(Work work, Due due, Standing standing, DriftPlan plan, boolean repairs) {
        return locked(work, due.uid())
                .chain(found -> found.isEmpty()
                        ? Uni.createFrom().item(Refusal.NOTHING)
                        : meanwhile(work, due)
                                .chain(runs -> runs > 0
                                        ? Uni.createFrom().item(Refusal.NOTHING)
                                        : refused(work, found.get(), standing, plan, repairs)));
    }

    private static Uni<Long> meanwhile(Work work, Due due) {
        return work.session()
                .createNativeQuery(MEANWHILE, Long.class)
                .setParameter("uid", due.uid())
                .setParameter("since", due.at())
                .getSingleResult();
    }

    private Uni<Refusal> refused(Work work, DriftRow row, Standing standing, DriftPlan plan, boolean repairs) {
        var now = now();
        boolean raised = !row.isOpen();
        if (raised) {
            row.open(now);
            RotationLog.LOG.drifted(row.ref(), standing);
        }
        row.found = standing.name();
        boolean again = row.repairAt == null || !row.repairAt.isAfter(now);
        var stated = raised
                ? work.state(new FindingRaised(row.ref(), id(row.policyUid), FindingKind.DRIFT, now))
                : Uni.createFrom().voidItem();
        return stated.chain(() -> repairs && again
                        ? repair(work, row, plan, now).map(Optional::of)
                        : Uni.createFrom().item(Optional.<RotationRequested>empty()))
                .map(repair -> new Refusal(raised, repair));
    }

    private static Uni<RotationRequested> repair(Work work, DriftRow row, DriftPlan plan, Instant now) {
        row.repairs++;
        row.repairAt = now.plus(plan.pauseAfter(row.repairs));
        row.runId = runId(row).value();
        return RotationStore.lastFinished(work.session(), row.policyUid)
                .map(last -> new RotationRequested(
                        row.ref(),
                        new Uid(row.policyUid),
                        runId(row),
                        RequestReason.DRIFT,
                        last.map(RotationId::new).orElse(null),
                        null,
                        null,
                        now));
    }

    /** Deterministic in the finding and how often it was tried to mend it. */
    private static RotationId runId(DriftRow row) {
        var cause = row.policyUid + "/drift/" + requireNonNull(row.foundAt).toEpochMilli() + "/" + row.repairs;
        return new RotationId(named(cause).toString().replace("-", ""));
    }

    /** It lets the stored credential in: an open finding is over. Answers whether one was. */
    public Uni<Boolean> accepted(Work work, String uid) {
        return locked(work, uid).chain(found -> {
            if (found.isEmpty() || !found.get().isOpen()) {
                return Uni.createFrom().item(false);
            }
            var row = found.get();
            row.close();
            RotationLog.LOG.driftCleared(row.ref());
            return work.state(new FindingCleared(row.ref(), id(uid), FindingKind.DRIFT, now()))
                    .replaceWith(true);
        });
    }

    /** The SecretRotation is gone, and with it what was found. */
    public Uni<Void> forget(Work work, String uid) {
        return accepted(work, uid)
                .chain(_ -> work.session()
                        .createMutationQuery("delete from DriftRow where policyUid = :uid")
                        .setParameter("uid", uid)
                        .executeUpdate())
                .replaceWithVoid();
    }

    private static Uni<Optional<DriftRow>> locked(Work work, String uid) {
        return work.session()
                .find(DriftRow.class, uid, LockModeType.PESSIMISTIC_WRITE)
                .map(Optional::ofNullable);
    }

    /** The one finding there can be about a SecretRotation. */
    private static FindingId id(String uid) {
        return new FindingId("drift-" + named(uid));
    }

    private static UUID named(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As exact as the database keeps it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
