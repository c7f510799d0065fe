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
import io.keyturn.rotation.simulation.World.NoAnswer;

/** One Kubernetes Secret in memory, written as the service does it: a patch with the resourceVersion that was read. */
final class ModelSecret implements Publisher {
    static final ObjectRef NAME = ObjectRef.secret("shop", "orders-db");

    private final World world;
    private final Runnable changed;
    private State state;
    private boolean unfenced;

    /**
     * What an API server holds.
     *
     * @param at when the content was written, in whole seconds
     */
    record State(String value, String stamp, long fence, long version, Instant at) {}

    /** @param changed told after each write */
    ModelSecret(World world, String value, Runnable changed) {
        this.world = world;
        this.changed = changed;
        this.state = new State(value, "", 0, 1, Turns.START);
    }

    String value() {
        return state.value();
    }

    /** Somebody else writes. */
    void put(String value) {
        write(value, state.stamp(), state.fence());
    }

    /** A mistake: from now on it is published by whoever comes. */
    void ignoreFences() {
        unfenced = true;
    }

    private void write(String value, String stamp, long fence) {
        state = new State(value, stamp, fence, state.version() + 1, world.now().truncatedTo(ChronoUnit.SECONDS));
        changed.run();
    }

    @Override
    public Outcome<Written> publish(
            RotationPolicy policy,
            Publication spec,
            Credential credential,
            Map<String, String> attributes,
            Stamp stamp) {
        var value = ModelKv.text(credential);
        return call("read Secret", () -> state).then(read -> {
            if (read.stamp().equals(stamp.id().value())) {
                return written(read, Writer.EARLIER_CALL);
            }
            return read.fence() > stamp.fence() && !unfenced
                    ? Outcome.unavailable(RotationReason.CONFLICT)
                    : patch(read, value, stamp);
        });
    }

    private Outcome<Written> patch(State read, String value, Stamp stamp) {
        return call("patch Secret", () -> {
                    boolean same = state.version() == read.version();
                    if (same) {
                        write(value, stamp.id().value(), stamp.fence());
                    }
                    return same ? Optional.of(state) : Optional.<State>empty();
                })
                .then(now -> now.isPresent()
                        ? written(now.get(), Writer.THIS_CALL)
                        : Outcome.unavailable(RotationReason.CONFLICT));
    }

    private static Outcome<Written> written(State state, Writer by) {
        return Outcome.done(new Written(state.at(), List.of(NAME), by));
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
        return call("read Secret", () -> {
            int colon = state.value().indexOf(':');
            var password = SecretValue.copyOf(state.value().substring(colon + 1));
            return Optional.of(new Credential(state.value().substring(0, colon), password));
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
