package io.keyturn.rotation.step;

import io.keyturn.contract.reference.RunRef;
import io.keyturn.rotation.policy.RotationPolicy;
import org.jspecify.annotations.Nullable;

/** The run a command belongs to. */
public record RunContext(
        RunRef run, RotationPolicy policy, @Nullable String traceparent) {}
