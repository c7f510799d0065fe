package io.keyturn.contract.event;

/** Facts of topic {@code keyturn.secrets.v1}: the state of a Secret or ConfigMap, said by the watcher. */
public sealed interface SecretEvent extends Event permits SecretChanged, SecretDeleted {}
