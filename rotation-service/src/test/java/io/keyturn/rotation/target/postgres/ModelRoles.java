package io.keyturn.rotation.target.postgres;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.secretstore.vault.ModelKv;
import io.keyturn.rotation.simulation.Sessions;
import io.keyturn.rotation.simulation.World;
import io.keyturn.rotation.simulation.World.NoAnswer;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** The roles of a PostgreSQL server in memory: a role has one password or none, and may log in or not. */
public final class ModelRoles implements RoleServer {
    private final World world;
    private final Sessions sessions;
    private final Map<String, String> passwords = new HashMap<>();

    public ModelRoles(World world, Sessions sessions) {
        this.world = world;
        this.sessions = sessions;
    }

    /** The provider of the service's own targets, on this server. */
    public TargetProvider provider(InstantSource clock) {
        return new TargetProvider() {
            @Override
            public boolean handles(SecretRotationSpec.Target spec) {
                return true;
            }

            @Override
            public TargetFacts read(String namespace, SecretRotationSpec.Target spec) {
                throw new AssertionError("not asked here");
            }

            @Override
            public List<Claim> claims(String namespace, SecretRotationSpec.Target spec) {
                return List.of();
            }

            @Override
            public Outcome<Target> open(RotationPolicy policy) {
                var plan = PostgresPlan.of(requireNonNull(policy.target().postgres()));
                return Outcome.done(new PostgresTargetRoles(plan, policy.terminateSessions(), ModelRoles.this, clock));
            }
        };
    }

    /** Whether a login with {@code user:password} works now. */
    public boolean accepts(String value) {
        int colon = value.indexOf(':');
        return colon > 0 && value.substring(colon + 1).equals(passwords.get(value.substring(0, colon)));
    }

    /** Somebody else sets a password. */
    public void put(String role, String password) {
        passwords.put(role, password);
    }

    @Override
    public Login login(Credential credential) {
        try {
            var value = ModelKv.text(credential);
            return world.call("login as " + credential.principal(), () -> accepts(value))
                    ? Login.ACCEPTED
                    : Login.REFUSED;
        } catch (NoAnswer e) {
            return Login.UNKNOWN;
        }
    }

    @Override
    public Outcome<Boolean> check(boolean seesStart, boolean terminates) {
        return admin("check", () -> true);
    }

    @Override
    public Outcome<Boolean> setPassword(Credential next) {
        var password = next.secret().useString(text -> text);
        return admin("alter role " + next.principal(), () -> {
            passwords.put(next.principal(), password);
            return true;
        });
    }

    @Override
    public Outcome<Boolean> closeLogin(String principal) {
        return admin("close " + principal, () -> {
            passwords.remove(principal);
            return true;
        });
    }

    @Override
    public Outcome<Boolean> terminate(String principal) {
        return admin("terminate " + principal, () -> {
            sessions.terminate(principal);
            return true;
        });
    }

    @Override
    public Outcome<Integer> sessions(String principal, @Nullable Supplier<Duration> olderThan) {
        return admin(
                "sessions of " + principal,
                () -> sessions.of(
                        principal, olderThan == null ? world.now() : world.now().minus(olderThan.get())));
    }

    @Override
    public void leaveAs(String principal) {}

    @Override
    public void close() {}

    private <T> Outcome<T> admin(String what, Supplier<T> effect) {
        try {
            return Outcome.done(world.call("postgres " + what, effect));
        } catch (NoAnswer e) {
            return Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
        }
    }
}
