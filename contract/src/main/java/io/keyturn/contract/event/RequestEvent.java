package io.keyturn.contract.event;

/** Facts of topic {@code keyturn.rotation-requests.v1}, a public input. */
public sealed interface RequestEvent extends Event permits RotationRequested {}
