package io.keyturn.rotation.target.postgres;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.credential.SecretGenerator;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.TakingTarget;
import org.jspecify.annotations.Nullable;

/** Login roles of one server. With two roles the other one gets the new password; with one, its password changes. */
final class PostgresTargetRoles implements TakingTarget {
    private static final SecretGenerator GENERATOR = new SecretGenerator(new SecureRandom());

    private final PostgresPlan plan;
    private final boolean terminates;
    private final RoleServer server;
    private final InstantSource clock;

    PostgresTargetRoles(PostgresPlan plan, boolean terminates, RoleServer server, InstantSource clock) {
        this.plan = plan;
        this.terminates = terminates;
        this.server = server;
        this.clock = clock;
    }

    @Override
    public Overlap overlap() {
        return plan.strategy() == Strategy.AlternatingRoles ? Overlap.BOTH_VALID : Overlap.SWITCHED;
    }

    @Override
    public Map<String, String> attributes() {
        return plan.attributes();
    }

    @Override
    public boolean owns(String principal) {
        return plan.roles().contains(principal);
    }

    @Override
    public String successorOf(String principal) {
        return principal.equals(plan.roles().getFirst())
                ? plan.roles().getLast()
                : plan.roles().getFirst();
    }

    @Override
    public Outcome<Boolean> inspect(Credential live) {
        return test(live, RotationReason.CURRENT_REFUSED)
                .then(_ -> refusesWrongPassword(live.principal()))
                .then(_ -> lacks())
                .then(lacks -> lacks.isEmpty() ? Outcome.done() : Outcome.rejected(lacks.getFirst()));
    }

    private Outcome<List<RotationReason>> lacks() {
        return server.lacks(overlap() == Overlap.SWITCHED, terminates);
    }

    @Override
    public List<Outcome<Boolean>> survey(@Nullable Credential live) {
        var found = new ArrayList<Outcome<Boolean>>();
        if (live != null) {
            var login = test(live, RotationReason.CURRENT_REFUSED);
            if (login instanceof Outcome.Unavailable) {
                // Who does not answer this would be waited for again with every other question.
                return List.of(login);
            }
            found.add(login);
            found.add(refusesWrongPassword(live.principal()));
            found.add(successorIsFree(live));
        }
        switch (lacks()) {
            case Outcome.Done<List<RotationReason>>(var lacks) ->
                lacks.forEach(lack -> found.add(Outcome.rejected(lack)));
            case Outcome.Waiting<List<RotationReason>>(var reason) -> found.add(Outcome.waiting(reason));
            case Outcome.Unavailable<List<RotationReason>>(var reason) -> found.add(Outcome.unavailable(reason));
            case Outcome.Rejected<List<RotationReason>>(var reason) -> found.add(Outcome.rejected(reason));
        }
        return List.copyOf(found);
    }

    /** A server that accepts anything (trust in pg_hba.conf) would make every test and every proof of refusal worthless. */
    private Outcome<Boolean> refusesWrongPassword(String principal) {
        try (var wrong = new Credential(principal, GENERATOR.generate(Characters.USUAL))) {
            return switch (server.login(wrong)) {
                case REFUSED, LOCKED -> Outcome.done();
                case ACCEPTED, NOT_ADMITTED -> Outcome.rejected(RotationReason.TARGET_REFUSED);
                case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
            };
        }
    }

    @Override
    public Outcome<Boolean> successorIsFree(Credential live) {
        return overlap() == Overlap.SWITCHED ? Outcome.done() : idle(successorOf(live.principal()), null);
    }

    @Override
    public Outcome<Boolean> apply(Credential next) {
        return switch (server.login(next)) {
            // An earlier claim has set it, and may be about to do so again: it must not, over what a person sets
            // meanwhile.
            case ACCEPTED, NOT_ADMITTED -> server.fence(next.principal());
            case REFUSED, LOCKED -> introduce(next);
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        };
    }

    @Override
    public Outcome<Boolean> introduce(Credential next) {
        return server.setPassword(next);
    }

    @Override
    public Outcome<Boolean> test(Credential credential) {
        return test(credential, RotationReason.TEST_FAILED);
    }

    private Outcome<Boolean> test(Credential credential, RotationReason refused) {
        return switch (server.login(credential)) {
            case ACCEPTED -> Outcome.done();
            case REFUSED, LOCKED, NOT_ADMITTED -> Outcome.rejected(refused);
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        };
    }

    @Override
    public Outcome<Standing> standing(Credential credential) {
        return switch (server.login(credential)) {
            case ACCEPTED, NOT_ADMITTED -> Outcome.done(Standing.ACCEPTED);
            case REFUSED -> Outcome.done(Standing.REFUSED);
            case LOCKED -> Outcome.done(Standing.LOCKED);
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        };
    }

    @Override
    public Outcome<Boolean> unused(Credential previous, Instant since) {
        // With one role, sessions opened before the change are those of the old password.
        return idle(previous.principal(), overlap() == Overlap.SWITCHED ? since : null);
    }

    private Outcome<Boolean> idle(String principal, @Nullable Instant before) {
        server.leaveAs(principal);
        return server.sessions(principal, age(before))
                .then(open -> open == 0 ? Outcome.done() : Outcome.waiting(RotationReason.SESSIONS_STUCK));
    }

    /**
     * How long ago is measured by our clock, which noted the change too, and what that means by the server's, so it does not matter
     * by how much they differ. The way to the server makes the time that is asked for later, never earlier than the change.
     */
    private @Nullable Supplier<Duration> age(@Nullable Instant of) {
        return of == null ? null : () -> Duration.between(of, clock.instant());
    }

    @Override
    public Outcome<Boolean> fence(Credential credential) {
        return owns(credential.principal()) ? server.fence(credential.principal()) : Outcome.done();
    }

    @Override
    public Outcome<RetirementProof> retire(Credential previous, Instant since, boolean terminateSessions) {
        var principal = previous.principal();
        if (!owns(principal)) {
            return Outcome.done(RetirementProof.LEFT_ALONE);
        }
        Outcome<Boolean> gone = switch (overlap()) {
            case BOTH_VALID -> close(principal, terminateSessions);
            case SWITCHED -> terminateSessions ? server.terminate(principal, age(since)) : Outcome.done();
        };
        return gone.then(_ -> switch (server.login(previous)) {
            case REFUSED, LOCKED -> Outcome.done(RetirementProof.LOGIN_REFUSED);
            case ACCEPTED, NOT_ADMITTED -> Outcome.rejected(RotationReason.RETIRE_REFUSED);
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        });
    }

    @Override
    public Outcome<Boolean> revert(Credential failed, Credential goal) {
        // What an earlier claim is still about to do must not come after the look at what there is to do.
        return goal.principal().equals(failed.principal())
                ? server.fence(goal.principal()).then(_ -> apply(goal))
                : close(failed.principal(), true);
    }

    /** Two transactions: who is ended before the login is gone for good would be back at once. */
    private Outcome<Boolean> close(String principal, boolean terminate) {
        return server.closeLogin(principal).then(_ -> terminate ? server.terminate(principal, null) : Outcome.done());
    }

    @Override
    public void close() {
        server.close();
    }
}
