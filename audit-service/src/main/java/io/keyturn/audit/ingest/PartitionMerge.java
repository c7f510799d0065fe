package io.keyturn.audit.ingest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

import io.keyturn.audit.record.Fact;

/** Orders a batch: within a partition as it came, across partitions by time, so that a backlog of several topics reads as a story. */
final class PartitionMerge {
    private PartitionMerge() {}

    static List<Fact> merge(List<List<Fact>> partitions) {
        var merged = new ArrayList<Fact>();
        var heads = new PriorityQueue<Queue<Fact>>(
                Comparator.comparing(queue -> queue.element().time()));
        partitions.stream().filter(p -> !p.isEmpty()).map(ArrayDeque::new).forEach(heads::add);
        while (!heads.isEmpty()) {
            var earliest = heads.remove();
            merged.add(earliest.remove());
            if (!earliest.isEmpty()) {
                heads.add(earliest);
            }
        }
        return merged;
    }
}
