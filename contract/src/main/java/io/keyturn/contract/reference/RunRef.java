package io.keyturn.contract.reference;

/** Which run of which SecretRotation a fact belongs to. */
public record RunRef(RotationId id, ObjectRef policy) {}
