package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;

/** A problem is gone; followed by a tombstone. */
public record FindingCleared(ObjectRef about, FindingId id, FindingKind kind, Instant at) implements FindingEvent {}
