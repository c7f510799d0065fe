package io.keyturn.contract.codec;

/** Why a record is not an event of ours. Public: the reason header of dead letters and the label of their counter. */
public enum Refusal {
    /** A required CloudEvents header is absent or malformed. */
    MISSING_HEADER,
    /** The type is not one this version knows. */
    UNKNOWN_TYPE,
    /** The type is known but does not belong on this topic. */
    WRONG_TOPIC,
    /** The value is absent, or larger than any event can be. */
    WRONG_SIZE,
    /** The value is not JSON. */
    NOT_JSON,
    /** A field is missing or has a form that its type forbids. */
    INVALID_FIELD
}
