package io.keyturn.audit.query;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a caller wants to see; null means no restriction.
 *
 * @param type the CloudEvents type, in full
 * @param from first event time that belongs
 * @param to first event time that no longer belongs
 * @param after number of the last item of the page before
 */
record EventQuery(
        @Nullable String namespace,
        @Nullable String name,
        @Nullable String rotation,
        @Nullable String type,
        @Nullable Instant from,
        @Nullable Instant to,
        Order order,
        int limit,
        @Nullable Long after) {}
