package io.keyturn.rotation.simulation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher;
import io.keyturn.rotation.secretstore.vault.ModelKv;
import io.keyturn.testbed.simulation.Turns;
import io.keyturn.testbed.simulation.World;
import io.keyturn.testbed.simulation.World.NoAnswer;

/** One Kubernetes Secret in memory, written as the service does it: a patch with the resourceVersion that was read. */
final class ModelSecret implements Publisher {
    static final ObjectRef NAME = ObjectRef.secret("shop", "orders-db");

    private final World world;
    private final Runnable changed;
    private State state;
    private boolean unfenced;
    private boolean careless;

    /**
     * What an API server holds.
     *
     * @param at when it was written last, in whole seconds
     * @param ours when the service has written it last
     * @param isOurs whether that was the last write of the value
     */
    record State(String value, String stamp, long fence, long version, Instant at, Instant ours, boolean isOurs) {}

    /** @param changed told after each write */
    ModelSecret(World world, String value, Runnable changed) {
        this.world = world;
        this.changed = changed;
        this.state = new State(value, "", 0, 1, Turns.START, Turns.START, false);
    }

    String value() {
        return state.value();
    }

    /** Under which id it was published last; empty for never. */
    String stamp() {
        return state.stamp();
    }

    /** Somebody else writes. */
    void put(String value) {
        write(value, state.stamp(), state.fence(), state.ours(), false);
    }

    /** A mistake: from now on it is published by whoever comes. */
    void ignoreFences() {
        unfenced = true;
    }

    /** A mistake: from now on it is written over whatever lies there. */
    void ignoreStrangers() {
        careless = true;
    }

    /** Which run has written last; empty for none. */
    String writtenBy() {
        return state.stamp().replaceFirst("\\..*", "");
    }

    private void write(String value, String stamp, long fence, Instant ours, boolean isOurs) {
        state = new State(value, stamp, fence, state.version() + 1, second(), ours, isOurs);
        changed.run();
    }

    private Instant second() {
        return world.now().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public Outcome<Written> publish(
            RotationPolicy policy,
            Publication spec,
            Credential credential,
            Map<String, String> attributes,
            Stamp stamp,
            Replaceable replaceable) {
        var value = ModelKv.text(credential);
        return call("read Secret", () -> state).then(read -> {
            if (read.stamp().equals(stamp.id().value()) && !holdsAnother(read, value, replaceable)) {
                return written(read, Writer.EARLIER_CALL);
            }
            if (read.fence() > stamp.fence() && !unfenced) {
                return Outcome.unavailable(RotationReason.CONFLICT);
            }
            return isStrange(read, stamp, replaceable) && !careless
                    ? written(read, Writer.STRANGER)
                    : patch(read, value, stamp);
        });
    }

    private static boolean holdsAnother(State read, String value, Replaceable replaceable) {
        return !read.value().equals(value) && holdsOurs(read, replaceable);
    }

    private static boolean holdsOurs(State read, Replaceable replaceable) {
        return read.isOurs() || replaceable.values().stream().map(ModelKv::text).anyMatch(read.value()::equals);
    }

    private static boolean isStrange(State read, Stamp stamp, Replaceable replaceable) {
        return (replaceable.intact() || read.stamp().startsWith(stamp.id().run() + "."))
                && !holdsOurs(read, replaceable);
    }

    private Outcome<Written> patch(State read, String value, Stamp stamp) {
        return call("patch Secret", () -> {
                    boolean same = state.version() == read.version();
                    if (same) {
                        write(value, stamp.id().value(), stamp.fence(), second(), true);
                    }
                    return same ? Optional.of(state) : Optional.<State>empty();
                })
                .then(now -> now.isPresent()
                        ? written(now.get(), read.value().equals(value) ? Writer.THIS_STAMP : Writer.THIS_CALL)
                        : Outcome.unavailable(RotationReason.CONFLICT));
    }

    private static Outcome<Written> written(State state, Writer by) {
        // Who started in the second of a stranger's write counts as older.
        var at = by == Writer.STRANGER ? state.at().plusSeconds(1) : state.ours();
        return Outcome.done(new Written(at, List.of(NAME), by));
    }

    @Override
    public Outcome<Boolean> fence(RotationPolicy policy, Publication spec, long fence) {
        return call("read Secret", () -> state).then(read -> {
            if (read.fence() > fence && !unfenced) {
                return Outcome.unavailable(RotationReason.CONFLICT);
            }
            return read.fence() >= fence ? Outcome.done() : raise(read, fence);
        });
    }

    private Outcome<Boolean> raise(State read, long fence) {
        return call("fence Secret", () -> {
                    boolean same = state.version() == read.version();
                    if (same) {
                        var now = state;
                        state = new State(
                                now.value(), now.stamp(), fence, now.version() + 1, now.at(), now.ours(), now.isOurs());
                    }
                    return same;
                })
                .then(done -> done ? Outcome.done() : Outcome.unavailable(RotationReason.CONFLICT));
    }

    @Override
    public Outcome<Boolean> holds(
            RotationPolicy policy, Publication spec, Credential credential, Map<String, String> attributes) {
        var value = ModelKv.text(credential);
        return call("look at Secret", () -> state.value().equals(value))
                .then(holds -> holds ? Outcome.done() : Outcome.waiting(RotationReason.PUBLICATION_CHANGED));
    }

    @Override
    public Outcome<Boolean> inspect(RotationPolicy policy, Publication spec) {
        return call("inspect Secret", () -> true);
    }

    @Override
    public Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Publication spec, Map<String, String> attributes, String principal) {
        return call("read Secret back", () -> {
            var parts = state.value().split(":", 2);
            return Optional.of(new Credential(parts[0], SecretValue.copyOf(parts[1])));
        });
    }

    @Override
    public boolean handles(Publication spec) {
        return true;
    }

    @Override
    public PublicationFacts read(String field, String namespace, Publication spec, TargetFacts target) {
        throw new AssertionError("not asked here");
    }

    @Override
    public List<Claim> claims(String field, String namespace, Publication spec) {
        return List.of();
    }

    private <T> Outcome<T> call(String what, Supplier<T> effect) {
        try {
            return Outcome.done(world.call(what, effect));
        } catch (NoAnswer e) {
            return Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
        }
    }
}
