package io.keyturn.kit.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.Nobody;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** The one lease of the model database, as one instance sees it. */
@Vetoed
public final class ModelLeases extends Leases {
    private final Instance instance;
    private final Row row;

    /** The row of the lease. */
    public static final class Row {
        private String owner = "";
        private long epoch;
        private Instant expires = Instant.MIN;
        private boolean worthless;

        /** Whether nobody has taken it after this instance. */
        public boolean isOf(String instance) {
            return worthless || owner.equals(instance);
        }

        /** Everybody holds it from now on. */
        public void becomeWorthless() {
            worthless = true;
        }
    }

    public ModelLeases(Instance instance, Row row) {
        super(Nobody.as(Mutiny.SessionFactory.class));
        this.instance = instance;
        this.row = row;
    }

    @Override
    public Uni<OptionalLong> acquire(String name, String owner, Duration validity) {
        return Unis.of(() -> instance.call("take the lease", () -> take(owner, validity)));
    }

    private OptionalLong take(String owner, Duration validity) {
        if (row.worthless) {
            return OptionalLong.of(1);
        }
        var now = instance.world().now();
        if (!row.owner.equals(owner) && !row.expires.isBefore(now)) {
            return OptionalLong.empty();
        }
        row.epoch += row.owner.equals(owner) ? 0 : 1;
        row.owner = owner;
        row.expires = now.plus(validity);
        return OptionalLong.of(row.epoch);
    }

    @Override
    public Uni<Void> release(String name, String owner) {
        return Unis.of(() -> instance.call("give the lease up", () -> {
                    if (row.owner.equals(owner)) {
                        row.expires = instance.world().now();
                    }
                    return row.epoch;
                }))
                .replaceWithVoid();
    }
}
