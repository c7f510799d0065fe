package io.keyturn.rotation.saga;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.reference.RotationId;
import org.jspecify.annotations.Nullable;

/** What to do to the outside world next. Every command looks before it acts, so doing it again is safe. */
public sealed interface Command {
    /** Prove that the live credential logs in; change nothing. */
    record Adopt() implements Command {}

    /** See whether the live credential logs in; set it at the target again if it does not. Store and publications stay as they are. */
    record Repair() implements Command {}

    /** Do nothing: what a person has said is read with the SecretRotation. */
    record Listen() implements Command {}

    /** Check everything that can be refused up front, then generate and keep the pending value. */
    record Prepare() implements Command {}

    /** Set the new value at the target, after a look whether it is live or published already, or somebody else has written meanwhile. */
    record Apply(Change change) implements Command {}

    /** See that the target does not accept the refused value after all, then keep another one in its place. */
    record Redraw(Change change, int draw) implements Command {}

    record Test(Change change) implements Command {}

    record Promote(Change change) implements Command {}

    record Publish(Change change, int attempt) implements Command {}

    /**
     * See whether the publications still hold the new value, readers and sessions of the old one are gone, the policy's checks pass, and the
     * value is still live and accepted, so that nobody with an earlier claim takes it away.
     */
    record LookAtConsumers(Change change, Instant appliedAt, Published published) implements Command {}

    /**
     * See again that the new value is in force, published unless it is to die before that, and nobody took the old one up; then take that
     * away. Where readers come first and the old value is live again, say so and take nothing away.
     */
    record Retire(Change change, Instant appliedAt) implements Command {}

    /** Delete the values of the run, and those of the runs that are named; see which other runs have left some behind. */
    record Finish(Change change, List<RotationId> leftovers) implements Command {}

    /**
     * One step back.
     *
     * @param looks whether to look first that what is taken away is not published
     * @param attempt the publication attempt to use
     * @param failed what it replaces
     * @param restored what it wrote
     */
    record Undo(
            UndoStep step,
            Change change,
            boolean looks,
            int attempt,
            @Nullable Published failed,
            @Nullable Published restored)
            implements Command {}
}
