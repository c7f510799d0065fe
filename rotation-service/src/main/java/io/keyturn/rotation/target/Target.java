package io.keyturn.rotation.target;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import org.jspecify.annotations.Nullable;

/**
 * A system that checks a credential, opened for one run: one that takes the values we make, or one that issues its own. Calls
 * block and are made from virtual threads; each looks before it acts, so that calling it again after a crash or a lost answer is
 * safe. A call may take its time, and one that answers Waiting is made again. No foreign exception leaves an implementation.
 */
public sealed interface Target extends AutoCloseable permits TakingTarget, IssuingTarget {
    Overlap overlap();

    /** What templates may name beside username and password. */
    Map<String, String> attributes();

    /** Whether this principal belongs to the SecretRotation, so that it may be retired. */
    boolean owns(String principal);

    /** Refuses up front what cannot work: missing principals, missing rights, a server that accepts any password. */
    Outcome<Boolean> inspect(Credential live);

    /**
     * Whether there is room for the credential that comes after the live one: nobody is logged in as its principal, whom a new
     * password would cut off. Done where the live principal is its own successor.
     */
    Outcome<Boolean> successorIsFree(Credential live);

    /**
     * Everything that {@link #inspect} and {@link #successorIsFree} refuse, each thing on its own, so that a user mends all of it at
     * once. Changes nothing.
     *
     * @param live null if there is none that could be tried
     */
    default List<Outcome<Boolean>> survey(@Nullable Credential live) {
        return live == null ? List.of() : List.of(inspect(live), successorIsFree(live));
    }

    /** Who logs in with a value that is published without a name: who needs none is its own successor. */
    default String unnamed() {
        return switch (this) {
            case TakingTarget taking -> taking.successorOf("");
            case IssuingTarget _ -> "";
        };
    }

    /** Makes the target accept this credential, everywhere. Done when a login with it works already; Waiting for work of hours. */
    Outcome<Boolean> apply(Credential next);

    /** A real login. */
    Outcome<Boolean> test(Credential credential);

    /** What it makes of a credential: the login of {@link #test}, with more of its answer. Never Rejected. */
    default Outcome<Standing> standing(Credential credential) {
        return test(credential).then(_ -> Outcome.done(Standing.ACCEPTED)).ifRejected(Standing.REFUSED);
    }

    /** How a credential stands with the target. */
    enum Standing {
        /** It is the one that the target keeps, whatever else may keep its user from working. */
        ACCEPTED,
        /** The target keeps another value, or none. */
        REFUSED,
        /** The target does not let this user in, with whatever value: that is no accident. */
        LOCKED
    }

    /**
     * Whether somebody is still logged in with the old credential.
     *
     * @param since when the new one was applied; where the principal is the same, older sessions are the old ones
     * @return done when nobody is, waiting otherwise
     */
    Outcome<Boolean> unused(Credential previous, Instant since);

    /**
     * Changes nothing, and sees to it that nobody with an earlier claim changes this credential any more; before a look whose answer
     * may be that it is left alone.
     */
    default Outcome<Boolean> fence(Credential credential) {
        return Outcome.done();
    }

    /**
     * Takes the old credential away and proves that it is refused. Irreversible.
     *
     * @param since when the new one was applied; where the principal is the same, older sessions are the old ones
     * @param terminateSessions whether sessions of the old one are ended
     */
    Outcome<RetirementProof> retire(Credential previous, Instant since, boolean terminateSessions);

    /**
     * The way back: makes the target accept the given credential, which is the previous one or one that a person has set meanwhile,
     * and forget the failed one; a principal that is that person's now is left alone.
     */
    Outcome<Boolean> revert(Credential failed, Credential goal);

    /** Forgets what it was opened with. */
    @Override
    void close();
}
