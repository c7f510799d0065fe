package io.keyturn.contract.event;

import io.keyturn.contract.reference.ObjectRef;

/**
 * A fact. What a fact may hold is closed: references, enums, numbers, instants (see the contract's test). No component is free text:
 * a text is an id, the name of something in Kubernetes or in a target, who asked, or a word of a closed list. Nothing that people
 * write into a value, or into an annotation beside it, has a place here.
 */
public sealed interface Event permits SecretEvent, FindingEvent, RequestEvent, RotationEvent, RestartEvent {

    /** What the fact is about; subject of its CloudEvent and, with the cluster, its record key. */
    ObjectRef about();
}
