package io.keyturn.restart.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.TakenInStore;
import io.keyturn.restart.persistence.Transactions;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A database that has not taken a partition in from its beginning reads it from there, whatever offset the group has: the offsets
 * outlive a database, but without the contents that were stated before, the next change of each would look like its first.
 */
@ApplicationScoped
@Identifier("first-reading")
class FirstReading implements KafkaConsumerRebalanceListener {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Transactions transactions;
    private final TakenInStore takenIn;

    FirstReading(Transactions transactions, TakenInStore takenIn) {
        this.transactions = transactions;
        this.takenIn = takenIn;
    }

    /** On the polling thread, which may block: nothing is read before it is known from where. */
    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        partitions.stream()
                .collect(Collectors.groupingBy(TopicPartition::topic))
                .forEach((topic, assigned) -> insist(topic, () -> begin(consumer, topic, assigned)));
    }

    private void begin(Consumer<?, ?> consumer, String topic, Collection<TopicPartition> assigned) {
        var known = transactions.run(null, work -> takenIn.known(work, topic));
        var unknown =
                assigned.stream().filter(p -> !known.contains(p.partition())).toList();
        if (unknown.isEmpty()) {
            return;
        }
        var beginnings = new HashMap<TopicPartition, OffsetAndMetadata>();
        consumer.beginningOffsets(unknown)
                .forEach((partition, offset) -> beginnings.put(partition, new OffsetAndMetadata(offset)));
        // The group's offset goes back before the database says that it did: a crash in between repeats it.
        consumer.commitSync(Map.copyOf(beginnings));
        beginnings.forEach(consumer::seek);
        transactions.run(
                null,
                work -> takenIn.add(
                        work,
                        topic,
                        unknown.stream().map(TopicPartition::partition).toList()));
        RestartLog.LOG.readFromTheBeginning(topic, unknown.size());
    }

    /** Waits out an outage of the database, as every consumer does; but not for partitions that meanwhile are another's. */
    private static void insist(String topic, Runnable step) {
        while (true) {
            try {
                step.run();
                return;
            } catch (CommitFailedException e) {
                // The group took us for dead. The next poll joins it anew, and who is given the partitions begins here
                // again.
                RestartLog.LOG.firstReadingHeldUp(topic, e.getClass().getSimpleName());
                return;
            } catch (RuntimeException e) {
                RestartLog.LOG.firstReadingHeldUp(topic, e.getClass().getSimpleName());
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted");
            }
        }
    }
}
