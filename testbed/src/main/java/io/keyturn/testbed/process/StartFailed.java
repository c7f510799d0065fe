package io.keyturn.testbed.process;

/** A server did not start or stopped by itself; the message names its log and ends with the log's last lines. */
public final class StartFailed extends RuntimeException {

    /** With the sentence to show. */
    public StartFailed(String message) {
        super(message);
    }

    /** With the sentence to show and what lies beneath. */
    public StartFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
