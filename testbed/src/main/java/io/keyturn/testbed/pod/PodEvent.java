package io.keyturn.testbed.pod;

import java.time.Instant;

/** Something that happened to a pod, for whoever watches. */
public record PodEvent(Kind kind, String namespace, String app, String pod, Instant at) {
    /** What happened. */
    public enum Kind {
        /** Its programs run. */
        STARTED,
        /** All its containers are ready. */
        READY,
        /** It was ready and is not any more. */
        UNREADY,
        /** It waits, with a reason in its status. */
        HELD_UP,
        /** Its programs have ended. */
        STOPPED
    }
}
