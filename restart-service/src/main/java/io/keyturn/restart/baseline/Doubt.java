package io.keyturn.restart.baseline;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A patch of an earlier plan may have arrived: its answer was lost, or nobody was left to record it.
 *
 * @param patch what it does, if that is what is due; null if other content was due since, so that its pods may have either
 */
public record Doubt(@Nullable Intent patch) {

    /** What is left of it where these contents are due. */
    public Doubt given(List<InUse> due) {
        return patch != null && patch.brings(due) ? this : new Doubt(null);
    }
}
