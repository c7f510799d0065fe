package io.keyturn.kit.messaging;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.Nobody;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;

/** The producer of one instance. */
@Vetoed
public final class ModelSender extends EventSender {
    private final Instance instance;
    private final Broker broker;

    /** Where its records go. */
    public interface Broker {
        /**
         * A record is appended.
         *
         * @param late if its sender stood still after it had handed it over
         */
        void append(EventEnvelope fact, boolean late);

        /** Done before a record is sent. */
        default void before(EventEnvelope fact) {}

        /** Done when a record was not acknowledged. */
        default void unacknowledged(EventEnvelope fact) {}
    }

    public ModelSender(Instance instance, Broker broker) {
        super(Nobody.<MutinyEmitter<byte[]>>as(emitter()));
        this.instance = instance;
        this.broker = broker;
    }

    @SuppressWarnings("unchecked")
    private static Class<MutinyEmitter<byte[]>> emitter() {
        return (Class<MutinyEmitter<byte[]>>) (Class<?>) MutinyEmitter.class;
    }

    @Override
    public Uni<Void> send(EventEnvelope fact) {
        return Unis.done(() -> {
            broker.before(fact);
            var world = instance.world();
            var handedOver = world.now();
            try {
                instance.call("send " + fact.event().getClass().getSimpleName() + " of " + fact.key(), () -> {
                    broker.append(fact, world.now().isAfter(handedOver.plusSeconds(1)));
                    return true;
                });
            } catch (Instance.Unanswered e) {
                broker.unacknowledged(fact);
                throw e;
            }
        });
    }

    @Override
    public Uni<Void> sendTombstone(String topic, String key) {
        return Unis.done(() -> instance.call("send a tombstone of " + key, () -> true));
    }
}
