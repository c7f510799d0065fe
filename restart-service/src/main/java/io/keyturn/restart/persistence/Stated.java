package io.keyturn.restart.persistence;

import java.time.Instant;

import io.keyturn.contract.reference.PublicationId;
import io.keyturn.restart.baseline.Content;
import org.jspecify.annotations.Nullable;

/** Content of an object and the publication it carried. */
public record Stated(Content content, @Nullable PublicationId publication, Instant observedAt) {}
