package io.keyturn.restart.simulation;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.outbox.OutboxRow;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.Trigger;

/** The rows of the database; each is immutable. */
public final class Tables {
    /** Of the model servers. */
    public static final String CLUSTER = "blue";

    private final Set<UUID> inbox = new HashSet<>();
    private final TreeMap<Long, Stated> outbox = new TreeMap<>();
    private final Map<ObjectRef, SecretChanged> contents = new LinkedHashMap<>();
    private final Map<ObjectRef, Raised> triggers = new LinkedHashMap<>();
    private final Map<PlanId, Owned> plans = new LinkedHashMap<>();
    private final Map<Reference, Used> baselines = new LinkedHashMap<>();
    private final Map<ObjectRef, io.keyturn.restart.baseline.Stated> parked = new LinkedHashMap<>();

    /**
     * A fact in the outbox.
     *
     * @param key of its record
     */
    public record Stated(long position, UUID id, String key, OutboxRow row) {}

    /** A trigger, and from when on it is due. */
    public record Raised(Trigger trigger, Instant notBefore) {}

    /** A plan and who drives it. */
    public record Owned(StoredPlan plan, String owner, Instant until) {
        public boolean isRunning() {
            return plan.state() == StoredPlan.State.RUNNING;
        }
    }

    /** What a row of the baseline is about. */
    public record Reference(Uid workload, ObjectRef object) {}

    /** A row of the baseline. */
    public record Used(InUse inUse, long decision) {}

    Tables copy() {
        var copy = new Tables();
        copy.inbox.addAll(inbox);
        copy.outbox.putAll(outbox);
        copy.contents.putAll(contents);
        copy.triggers.putAll(triggers);
        copy.plans.putAll(plans);
        copy.baselines.putAll(baselines);
        copy.parked.putAll(parked);
        return copy;
    }

    public Set<UUID> inbox() {
        return inbox;
    }

    public TreeMap<Long, Stated> outbox() {
        return outbox;
    }

    public Map<ObjectRef, SecretChanged> contents() {
        return contents;
    }

    public Map<ObjectRef, Raised> triggers() {
        return triggers;
    }

    public Map<PlanId, Owned> plans() {
        return plans;
    }

    public Map<Reference, Used> baselines() {
        return baselines;
    }

    /** What failed. */
    public Map<ObjectRef, io.keyturn.restart.baseline.Stated> parked() {
        return parked;
    }

    /** Remembers what is in use, unless a later decision did. */
    public void use(Uid workload, InUse use, long decision) {
        baselines.merge(
                new Reference(workload, use.object()),
                new Used(use, decision),
                (old, now) -> now.decision() >= old.decision() ? now : old);
    }
}
