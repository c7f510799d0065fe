package io.keyturn.restart.persistence;

import java.time.Instant;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import org.jspecify.annotations.Nullable;

/** A change that nobody has planned for yet. */
public record Trigger(
        ObjectRef object,
        Instant raisedAt,
        @Nullable String traceparent,
        @Nullable PublicationId publication) {}
