package io.keyturn.rotation.policy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.template.Template;
import org.jspecify.annotations.Nullable;

/**
 * A SecretRotation that can be carried out: read, defaulted and free of faults.
 *
 * @param targetService the Service the target's host may name, whose pods are the target and not its consumers
 */
public record RotationPolicy(
        String namespace,
        String name,
        String uid,
        SecretRotationSpec.Target target,
        @Nullable TargetService targetService,
        SecretRotationSpec.Store store,
        List<SecretPlan> secrets,
        Alphabet alphabet,
        int length,
        Duration consumerDeadline,
        Duration grace,
        boolean terminateSessions,
        List<HttpPlan> checks) {

    /** A Secret and the keys that are ours in it. */
    public record SecretPlan(String name, Map<String, Template> keys) {}

    /** A check to run before the old value is retired. */
    public record HttpPlan(URI url, Duration timeout) {}
}
