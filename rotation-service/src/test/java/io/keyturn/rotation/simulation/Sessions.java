package io.keyturn.rotation.simulation;

import java.time.Instant;

/** Who is logged in to the target. */
public interface Sessions {
    /** How many sessions of a role began by then. */
    int of(String role, Instant begunBy);

    /** Ends those of a role; whoever had one logs in again with what he knows. */
    void terminate(String role);
}
