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
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.NoAnswer;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** The roles of a PostgreSQL server in memory: a role has one password or none, may log in or not, and holds the highest fence it has seen. */
public final class ModelRoles {
    private final World world;
    private final Sessions sessions;
    private final Map<String, String> passwords = new HashMap<>();
    private final Map<String, Long> fences = new HashMap<>();
    private final Map<String, Boolean> verdicts = new HashMap<>();
    private boolean unfenced;
    private boolean lazy;
    private boolean gullible;
    private int refused;

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
            public Outcome<Target> open(RotationPolicy policy, long fence) {
                var plan = PostgresPlan.of(requireNonNull(policy.target().postgres()));
                return Outcome.done(
                        new PostgresTargetRoles(plan, policy.terminateSessions(), new Server(fence), clock));
            }
        };
    }

    /** Whether a login with {@code user:password} works now. */
    public boolean accepts(String value) {
        int colon = value.indexOf(':');
        return colon > 0 && value.substring(colon + 1).equals(passwords.get(value.substring(0, colon)));
    }

    /** Password rules of the server, which nobody else knows: they are the same each time. */
    private boolean isRefused(String password) {
        return verdicts.computeIfAbsent(password, _ -> world.chance(8));
    }

    /** How often the server's rules have refused a password. */
    public int refused() {
        return refused;
    }

    /** Somebody else sets a password. */
    public void put(String role, String password) {
        verdicts.put(password, false);
        passwords.put(role, password);
    }

    /** A mistake: from now on it is changed by whoever asks. */
    public void ignoreFences() {
        unfenced = true;
    }

    /** A mistake: from now on the number is raised only where something is changed. */
    public void ignoreWhoOnlyFences() {
        lazy = true;
    }

    /** A mistake: from now on a password whose setting had no answer counts as set. */
    public void takeNoAnswerForYes() {
        gullible = true;
    }

    /** As one claim of a run meets it. */
    private final class Server implements RoleServer {
        private final long fence;

        Server(long fence) {
            this.fence = fence;
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
        public Outcome<List<RotationReason>> lacks(boolean seesStart, boolean terminates) {
            return admin("check", List::of);
        }

        @Override
        public Outcome<Boolean> setPassword(Credential next) {
            var password = next.secret().useString(text -> text);
            return isRefused(password)
                    ? admin("refuse", () -> refused++).then(_ -> Outcome.rejected(RotationReason.TARGET_REFUSED))
                    : believed(fenced("alter role", next.principal(), () -> passwords.put(next.principal(), password)));
        }

        private Outcome<Boolean> believed(Outcome<Boolean> outcome) {
            return gullible && outcome instanceof Outcome.Unavailable ? Outcome.done() : outcome;
        }

        @Override
        public Outcome<Boolean> fence(String principal) {
            return lazy ? Outcome.done() : fenced("fence", principal, () -> {});
        }

        @Override
        public Outcome<Boolean> closeLogin(String principal) {
            return fenced("close", principal, () -> passwords.remove(principal));
        }

        @Override
        public Outcome<Boolean> terminate(String principal, @Nullable Supplier<Duration> olderThan) {
            return fenced("terminate", principal, () -> sessions.terminate(principal));
        }

        @Override
        public Outcome<Integer> sessions(String principal, @Nullable Supplier<Duration> olderThan) {
            return admin(
                    "sessions of " + principal,
                    () -> sessions.of(
                            principal,
                            olderThan == null ? world.now() : world.now().minus(olderThan.get())));
        }

        @Override
        public void leaveAs(String principal) {}

        @Override
        public void close() {}

        private Outcome<Boolean> fenced(String what, String role, Runnable effect) {
            return admin(what + " " + role, () -> {
                        boolean mayAct = unfenced || fences.merge(role, fence, Math::max) == fence;
                        if (mayAct) {
                            effect.run();
                        }
                        return mayAct;
                    })
                    .then(acted -> acted ? Outcome.done() : Outcome.unavailable(RotationReason.CONFLICT));
        }

        private <T> Outcome<T> admin(String what, Supplier<T> effect) {
            try {
                return Outcome.done(world.call("postgres " + what, effect));
            } catch (NoAnswer e) {
                return Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
            }
        }
    }
}
