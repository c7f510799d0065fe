package io.keyturn.rotation.saga;

import java.time.Instant;
import java.util.List;

/**
 * That a publication was written.
 *
 * @param attempt part of the publication id; grows when it is stamped again
 * @param firstAt when the first attempt was written; deadlines count from here
 * @param at when this attempt was written, by the clock of the API server, in whole seconds
 * @param racing uids of readers that started in the same second but before the write
 */
public record Published(int attempt, Instant firstAt, Instant at, List<String> racing) {}
