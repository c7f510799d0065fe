package io.keyturn.rotation.saga;

import java.time.Duration;
import java.time.Instant;

import io.keyturn.contract.reference.RunRef;

/**
 * What a decision may know besides state and input.
 *
 * @param since when the present state (or step back) was entered
 * @param tries how often the present command was tried without an end
 */
public record Situation(RunRef run, Instant now, Instant since, int tries, Limits limits) {

    /**
     * The time limits of a policy.
     *
     * @param step how long a step forward may keep failing before the run turns back
     * @param target how long the target may make a run wait for its acceptance
     * @param consumers how long readers may take to move
     * @param approval how long a run may wait for a person who lets it begin
     * @param grace how long the old value lives on after nobody uses it
     * @param draws how many new values are made at most before the run turns back because the target refuses them
     * @param pauses whether a run that would turn back waits for a person instead
     */
    public record Limits(
            Duration step,
            Duration target,
            Duration consumers,
            Duration grace,
            Duration approval,
            int draws,
            boolean pauses) {}

    /** The same where no run waits for a person. */
    Situation withoutPauses() {
        return new Situation(
                run,
                now,
                since,
                tries,
                new Limits(
                        limits.step(),
                        limits.target(),
                        limits.consumers(),
                        limits.grace(),
                        limits.approval(),
                        limits.draws(),
                        false));
    }

    boolean past(Instant from, Duration limit) {
        return now.isAfter(from.plus(limit));
    }
}
