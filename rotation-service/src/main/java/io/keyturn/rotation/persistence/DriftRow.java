package io.keyturn.rotation.persistence;

import java.time.Instant;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.keyturn.contract.reference.ObjectRef;
import org.jspecify.annotations.Nullable;

/** A row of table drift. */
@Entity
@Table(name = "drift")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields
class DriftRow {
    @Id
    @Column(name = "policy_uid")
    String policyUid;

    String namespace;
    String name;

    @Column(name = "every_millis")
    long everyMillis;

    @Column(name = "due_at")
    Instant dueAt;

    @Nullable
    String found;

    @Column(name = "found_at")
    @Nullable
    Instant foundAt;

    int repairs;

    @Column(name = "repair_at")
    @Nullable
    Instant repairAt;

    @Column(name = "run_id")
    @Nullable
    String runId;

    protected DriftRow() {}

    ObjectRef ref() {
        return ObjectRef.secretRotation(namespace, name);
    }

    boolean isOpen() {
        return found != null;
    }

    /** A finding begins with nothing tried yet. */
    void open(Instant now) {
        foundAt = now;
        repairs = 0;
        repairAt = null;
        runId = null;
    }

    void close() {
        found = null;
        foundAt = null;
        repairs = 0;
        repairAt = null;
        runId = null;
    }
}
