package io.keyturn.rotation.policy;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the target's own reader has to say.
 *
 * @param faults of its branch
 * @param attributes the placeholders it offers
 * @param principalChanges whether the user name changes too and readers need it
 * @param host where the target answers; null if it has no host of its own
 * @param patience how long it may make a run wait for its acceptance; null for as long as any step
 */
public record TargetFacts(
        List<Fault> faults,
        Set<String> attributes,
        boolean principalChanges,
        @Nullable String host,
        @Nullable Duration patience) {}
