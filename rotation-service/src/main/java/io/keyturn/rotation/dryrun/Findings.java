package io.keyturn.rotation.dryrun;

import java.util.List;

import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.saga.Overlap;
import org.jspecify.annotations.Nullable;

/**
 * What was found where everything was looked at.
 *
 * @param target null if it could not be opened
 * @param readers who reads the published Secrets; none if they could not be listed, which is among the refusals
 */
record Findings(@Nullable TargetFound target, List<Reader> readers, List<Refusal> refusals) {

    /**
     * A target that was opened.
     *
     * @param issues whether it makes its credentials itself
     * @param handover null if the live credential is not known
     */
    record TargetFound(
            Overlap overlap, boolean issues, @Nullable Handover handover) {}

    /**
     * From whom to whom the credential goes.
     *
     * @param ours whether the old principal belongs to the SecretRotation, so that it is retired
     * @param to null if only the target knows
     * @param imported whether the store has no value yet, and the published one is taken over first
     */
    record Handover(String from, boolean ours, @Nullable String to, boolean imported) {}
}
