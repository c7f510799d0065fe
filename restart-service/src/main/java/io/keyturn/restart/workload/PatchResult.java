package io.keyturn.restart.workload;

/** What became of a patch. */
public sealed interface PatchResult {
    /**
     * It is there.
     *
     * @param generation that of the workload with the patch in it
     */
    record Patched(long generation) implements PatchResult {}

    /** There is no such workload any more, or another one bears its name. */
    record Gone() implements PatchResult {}

    /** The API server will not have it. */
    record Refused(int status) implements PatchResult {}

    /** No answer, or try again: it may have arrived. Sending it again is harmless. */
    record Unknown(String cause) implements PatchResult {}
}
