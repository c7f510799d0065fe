package io.keyturn.contract.event;

/** What a person has said about a run that waits for him. */
public enum Verdict {
    APPROVED,
    REFUSED
}
