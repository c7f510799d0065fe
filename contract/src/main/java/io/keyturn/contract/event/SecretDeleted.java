package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;

/** The object is gone; followed by a tombstone for its key. */
public record SecretDeleted(
        ObjectRef about, Uid uid, ResourceVersion resourceVersion, int incarnation, Instant observedAt)
        implements SecretEvent {}
