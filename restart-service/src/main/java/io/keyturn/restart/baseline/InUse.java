package io.keyturn.restart.baseline;

import java.time.Instant;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.restart.reference.KeySelection;
import org.jspecify.annotations.Nullable;

/**
 * The content of one object that one workload was last seen to use, as far as it reads it.
 *
 * @param doubt the publication whose content was taken for the one in use without proof: it was the first to be seen here, and
 *     the workload was made before. Null where the content came with a roll-out of ours, or cannot be news to the pods
 */
public record InUse(
        ObjectRef object,
        KeySelection keys,
        Content content,
        @Nullable PublicationId doubt) {
    public InUse {
        content = content.restrictedTo(keys);
    }

    /** Without any doubt. */
    public InUse(ObjectRef object, KeySelection keys, Content content) {
        this(object, keys, content, null);
    }

    /**
     * What a workload uses if nobody rolls it: what is there now. Where nothing was known of it before, that is presumed only.
     *
     * @param last what it was seen to use before; other keys now mean another template, so Kubernetes has rolled it
     */
    public static InUse adopted(
            @Nullable InUse last, ObjectRef object, KeySelection keys, Stated now, Instant workloadCreatedAt) {
        var proven = last != null || now.isOlderThan(workloadCreatedAt);
        return new InUse(object, keys, now.content(), proven ? null : now.publication());
    }

    boolean isSameAs(InUse other) {
        return object.equals(other.object) && keys.equals(other.keys) && content.sameAs(other.content);
    }

    /** The run that published it stamps it again: it still sees pods with the content from before. */
    boolean isRefutedBy(Stated now) {
        return doubt != null && now.publication() != null && now.publication().isLaterAttemptOf(doubt);
    }
}
