package io.keyturn.restart.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.keyturn.testbed.simulation.World;

import static java.util.Objects.requireNonNull;

/** A world in which a process has several threads: they are killed and stand still together. */
final class FactsWorld extends World {
    private final Map<String, Instance> instances = new HashMap<>();

    FactsWorld(long seed, List<Integer> longestStops, int longestTrouble) {
        super(seed, longestStops, longestTrouble);
    }

    /** A process that is started again whenever it was killed. */
    void live(String name, Consumer<Instance> start) {
        turns().add(name, () -> {
            while (true) {
                var instance = instance(name);
                start.accept(instance);
                while (!instance.isKilled()) {
                    turns().sleep(Duration.ofSeconds(1 + random().nextInt(8)));
                }
            }
        });
    }

    private Instance instance(String name) {
        var instance = new Instance(this, name + "-" + (instances.size() + 1));
        instances.put(instance.name(), instance);
        return instance;
    }

    private Instance running() {
        var actor = turns().actor();
        return requireNonNull(instances.get(actor.substring(0, actor.indexOf('/'))));
    }

    @Override
    protected void kill() {
        running().kill();
        super.kill();
    }

    @Override
    protected void stop(Duration time) {
        running().stop(time);
        super.stop(time);
    }
}
