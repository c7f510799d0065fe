package io.keyturn.rotation.saga;

import org.jspecify.annotations.Nullable;

/**
 * A failed value that a run has left valid, since readers may hold it: they had not come back in time.
 *
 * @param principal whose value it is: the next run is not to set another one as long as it is held
 * @param failed when it was published; null if nobody knows
 * @param restored when the previous value was published again: who has started since holds that one
 */
public record Held(String principal, @Nullable Published failed, Published restored) {}
