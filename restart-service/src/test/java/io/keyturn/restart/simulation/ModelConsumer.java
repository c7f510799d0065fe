package io.keyturn.restart.simulation;

import java.time.Duration;
import java.util.function.Function;

import io.keyturn.contract.codec.EventEnvelope;
import io.smallrye.mutiny.Uni;

/** The consumer of one instance: one record after the other, each until it is taken in; offsets are committed now and then. */
final class ModelConsumer {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Instance instance;
    private final ModelTopic<EventEnvelope> topic;
    private final Function<EventEnvelope, Uni<Void>> handler;

    ModelConsumer(Instance instance, ModelTopic<EventEnvelope> topic, Function<EventEnvelope, Uni<Void>> handler) {
        this.instance = instance;
        this.topic = topic;
        this.handler = handler;
    }

    void run() {
        while (true) {
            var generation = topic.assigned(instance);
            if (generation == 0) {
                instance.listen(POLL);
            } else {
                consume(generation);
            }
        }
    }

    /** While the partition is ours. */
    private void consume(int generation) {
        var next = topic.offset();
        while (topic.assigned(instance) == generation) {
            if (next < topic.records().size()) {
                insist(topic.records().get(next));
                next++;
                if (topic.assigned(instance) == generation && (instance.world().chance(3) || isLast(next))) {
                    next = commit(next);
                }
            } else {
                instance.listen(POLL);
            }
        }
    }

    private boolean isLast(int next) {
        return next == topic.records().size();
    }

    /** Sometimes somebody sets the group back to the beginning. */
    private int commit(int next) {
        var world = instance.world();
        boolean replays = !world.isCalm() && world.chance(30);
        return world.happens(replays ? "the group begins again" : "offset " + next, () -> {
            topic.commit(replays ? 0 : next);
            return topic.offset();
        });
    }

    private void insist(EventEnvelope envelope) {
        while (true) {
            try {
                Unis.await(handler.apply(envelope));
                return;
            } catch (RuntimeException e) {
                instance.sleep(POLL);
            }
        }
    }
}
