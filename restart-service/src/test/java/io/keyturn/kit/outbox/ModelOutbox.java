package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.kit.bridge.Ground;
import io.keyturn.kit.lease.Leases;
import io.keyturn.kit.messaging.EventSender;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.ModelDatabase;
import io.keyturn.restart.simulation.Nobody;
import io.keyturn.restart.simulation.Tables.Stated;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** The outbox of the model database as one instance sees it, and the relay that runs on it. */
@Vetoed
public final class ModelOutbox extends OutboxStore {
    private final Instance instance;
    private final ModelDatabase database;
    private final BooleanSupplier mayRemove;
    private boolean byCursor;
    private long cursor;

    /** @param mayRemove whether the lease has been the instance's since it took it */
    public ModelOutbox(Instance instance, ModelDatabase database, BooleanSupplier mayRemove) {
        super(Nobody.as(Mutiny.SessionFactory.class));
        this.instance = instance;
        this.database = database;
        this.mayRemove = mayRemove;
    }

    /** From now on it does not look back. */
    public void becomeForgetful() {
        byCursor = true;
    }

    /** The relay of the service; it runs as a thread of the instance. */
    public void relay(OutboxSignal signal, Leases leases, EventSender sender, KitConfig config, Ground ground) {
        var relay = new OutboxRelay(this, signal, leases, sender, config, ground);
        instance.start("relay", relay::run);
    }

    @Override
    Uni<Boolean> isWaiting() {
        return Unis.of(() -> instance.call(
                "is anything waiting", () -> !database.committed().outbox().isEmpty()));
    }

    @Override
    Uni<List<OutboxRow>> waiting(long beyond, int limit) {
        return Unis.of(() -> instance.call(
                "read the outbox",
                () -> database.committed().outbox().tailMap(Math.max(beyond, cursor), false).values().stream()
                        .limit(limit)
                        .map(stated -> {
                            stated.row().position = stated.position();
                            return stated.row();
                        })
                        .toList()));
    }

    @Override
    Uni<List<UUID>> ofOtherVersions() {
        return Uni.createFrom().item(List.of());
    }

    @Override
    Uni<Void> remove(List<UUID> sent, String holder) {
        return Unis.done(() -> instance.call("remove " + sent.size() + " from the outbox", () -> {
            if (!mayRemove.getAsBoolean()) {
                return false;
            }
            if (byCursor) {
                cursor = database.committed().outbox().values().stream()
                        .filter(row -> sent.contains(row.id()))
                        .mapToLong(Stated::position)
                        .reduce(cursor, Math::max);
            }
            return database.at(tables -> tables.outbox().values().removeIf(row -> sent.contains(row.id())));
        }));
    }

    @Override
    Uni<Duration> oldestAge() {
        throw new UnsupportedOperationException();
    }
}
