package io.keyturn.rotation.target.postgres;

import java.time.Instant;
import java.util.Map;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.credential.SecretGenerator;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.target.Target;

/** Login roles of one server. With two roles the other one gets the new password; with one, its password changes. */
final class PostgresTargetRoles implements Target {
    private final PostgresPlan plan;
    private final PostgresServer server;
    private final RoleStatements roles;

    PostgresTargetRoles(PostgresPlan plan, PostgresServer server) {
        this.plan = plan;
        this.server = server;
        this.roles = new RoleStatements(plan);
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
                .then(_ -> server.asAdmin(roles::check));
    }

    /** A server that accepts anything (trust in pg_hba.conf) would make every test and every proof of refusal worthless. */
    private Outcome<Boolean> refusesWrongPassword(String principal) {
        try (var wrong = new Credential(principal, new SecretGenerator().generate(Alphabet.alphanumeric, 32))) {
            return switch (server.login(wrong)) {
                case REFUSED -> Outcome.done();
                case ACCEPTED -> Outcome.rejected(RotationReason.TARGET_REFUSED);
                case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
            };
        }
    }

    @Override
    public Outcome<Boolean> apply(Credential next) {
        return switch (server.login(next)) {
            case ACCEPTED -> Outcome.done();
            case REFUSED -> server.asAdmin(connection -> roles.setPassword(connection, next));
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        };
    }

    @Override
    public Outcome<Boolean> test(Credential credential) {
        return test(credential, RotationReason.TEST_FAILED);
    }

    private Outcome<Boolean> test(Credential credential, RotationReason refused) {
        return switch (server.login(credential)) {
            case ACCEPTED -> Outcome.done();
            case REFUSED -> Outcome.rejected(refused);
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        };
    }

    @Override
    public Outcome<Boolean> unused(Credential previous, Instant since) {
        // With one role, sessions opened before the change are those of the old password.
        var before = overlap() == Overlap.SWITCHED ? since : null;
        return server.asAdmin(connection -> roles.sessions(connection, previous.principal(), before) == 0
                ? Outcome.done()
                : Outcome.waiting(RotationReason.SESSIONS_STUCK));
    }

    @Override
    public Outcome<RetirementProof> retire(Credential previous, boolean terminateSessions) {
        if (!owns(previous.principal())) {
            return Outcome.done(RetirementProof.LEFT_ALONE);
        }
        Outcome<Boolean> closed = overlap() == Overlap.BOTH_VALID
                ? server.asAdmin(connection -> roles.close(connection, previous.principal(), terminateSessions))
                : Outcome.done();
        return closed.then(_ -> switch (server.login(previous)) {
            case REFUSED -> Outcome.done(RetirementProof.LOGIN_REFUSED);
            case ACCEPTED -> Outcome.rejected(RotationReason.RETIRE_REFUSED);
            case UNKNOWN -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        });
    }

    @Override
    public Outcome<Boolean> revert(Credential failed, Credential previous) {
        return overlap() == Overlap.BOTH_VALID
                ? server.asAdmin(connection -> roles.close(connection, failed.principal(), true))
                : apply(previous);
    }
}
