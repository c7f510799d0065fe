package io.keyturn.contract.event;

import io.keyturn.contract.reference.ObjectRef;

/**
 * A fact. What a fact may hold is closed: references, enums, numbers, instants (see the contract's test); no component of
 * any event is free text, so no event can carry a value.
 */
public sealed interface Event permits SecretEvent, FindingEvent, RequestEvent, RotationEvent, RestartEvent {

    /** What the fact is about; subject of its CloudEvent and, with the cluster, its record key. */
    ObjectRef about();
}
