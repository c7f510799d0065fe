package io.keyturn.restart.simulation;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** A topic of one partition, and how far its one consumer group is. */
final class ModelTopic<T> {
    private final List<T> records = new ArrayList<>();
    private int offset;
    private int generation;
    private @Nullable Instance owner;

    void append(T record) {
        records.add(record);
    }

    List<T> records() {
        return records;
    }

    /** The group's offset, as it was committed last. */
    int offset() {
        return offset;
    }

    void commit(int next) {
        offset = next;
    }

    /** The generation in which the partition is the instance's, be it that its owner is taken for dead; 0 if it is another's. */
    int assigned(Instance instance) {
        if (owner == null || owner.isMissed()) {
            owner = instance;
            generation++;
        }
        return owner == instance ? generation : 0;
    }

    boolean isConsumed() {
        return offset == records.size();
    }
}
