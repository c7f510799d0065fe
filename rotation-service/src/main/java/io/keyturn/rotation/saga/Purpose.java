package io.keyturn.rotation.saga;

import io.keyturn.contract.event.RequestReason;

/** What a run is for. */
public enum Purpose {
    /** A new value gets everywhere. */
    ROTATE,
    /** The live value is proven, and nothing else. */
    ADOPT,
    /** The live value is set at its target again. */
    REPAIR;

    /** What a run is for that was asked for by this reason. */
    public static Purpose of(RequestReason reason) {
        return switch (reason) {
            case SCHEDULE, MANUAL, COMPROMISE -> ROTATE;
            case ADOPT -> ADOPT;
            case DRIFT -> REPAIR;
        };
    }
}
