package io.keyturn.contract.event;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.RunRef;

/** Every publication holds the new value. */
public record RotationPublished(RunRef run, Instant at, PublicationId publication, List<ObjectRef> publications)
        implements RotationEvent {}
