package io.keyturn.rotation.saga;

import java.time.Instant;
import java.util.List;

/**
 * That a publication was written. Stamping it again does not write it again: whoever started after the first write reads the new
 * value already.
 *
 * @param attempt part of the publication id; grows when it is stamped again
 * @param at when the content was written first, by the clock of the API server, in whole seconds; deadlines count from here
 * @param racing uids of readers that started in the same second but before the write
 */
public record Published(int attempt, Instant at, List<String> racing) {}
