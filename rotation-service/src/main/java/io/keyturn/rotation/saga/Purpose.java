package io.keyturn.rotation.saga;

/** What a run is for. */
public enum Purpose {
    /** A new value gets everywhere. */
    ROTATE,
    /** The live value is proven, and nothing else. */
    ADOPT,
    /** The live value is set at its target again. */
    REPAIR
}
