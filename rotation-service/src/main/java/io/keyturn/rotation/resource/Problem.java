package io.keyturn.rotation.resource;

import io.keyturn.contract.event.RotationReason;

/** Why a SecretRotation cannot be carried out as it stands, with the field and the fix; holds no values. */
public record Problem(RotationReason reason, String detail) {}
