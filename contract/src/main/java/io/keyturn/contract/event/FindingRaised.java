package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;

/** A problem is there. */
public record FindingRaised(ObjectRef about, FindingId id, FindingKind kind, Instant at) implements FindingEvent {}
