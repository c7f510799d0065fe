package io.keyturn.rotation.consumer;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Published;
import org.jspecify.annotations.Nullable;

/** Who reads the published Secrets, and which value they hold. Calls block; no foreign exception leaves an implementation. */
public interface Consumers {

    /**
     * A workload whose pods read a published Secret, or a pod without one.
     *
     * @param name kind and name, such as {@code deployment/orders-api}
     * @param optedOut whether it is not to be restarted
     */
    record Reader(String name, boolean optedOut) {}

    /** Who reads the published Secrets now, each once, by name. */
    Outcome<List<Reader>> readers(RotationPolicy policy);

    /** Uids of readers so young that their creation may fall into the second of a write that follows now. */
    Outcome<List<String>> youngReaders(RotationPolicy policy);

    /**
     * Uids of the readers of now that were created in one of these seconds, but for those that were made for this publication: they can
     * only have come after it.
     */
    Outcome<List<String>> createdIn(RotationPolicy policy, Set<Instant> seconds, PublicationId publication);

    /** Done with the number of live readers when none of them started before the publication. */
    Outcome<Integer> moved(RotationPolicy policy, Published published);

    /**
     * Done when no live reader holds the failed value. Who was there before it was published has never left the previous one, unless
     * he reads files: those show the failed value and then the restored one without him, at times that only a kubelet knows. That
     * ends by itself, so it is "later" and no matter of how long readers may take.
     *
     * @param failed when the failed value was published; null if nobody knows
     */
    Outcome<Integer> back(RotationPolicy policy, @Nullable Published failed, Published restored);
}
