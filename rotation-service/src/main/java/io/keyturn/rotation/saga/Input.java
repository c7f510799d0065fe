package io.keyturn.rotation.saga;

import java.util.List;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.saga.Published.Copy;
import org.jspecify.annotations.Nullable;

/** What came of a command. */
public sealed interface Input {
    /** What a command has come to. It belongs to the states that wait for that command, and to no other. */
    sealed interface Result extends Input {}

    record Adopted(String principal, long version) implements Result {}

    /**
     * The live credential logs in.
     *
     * @param changed whether it had to be set at the target
     */
    record Repaired(String principal, long version, boolean changed) implements Result {}

    record Prepared(Change change) implements Result {}

    /** It will not work either, but the run keeps a value already. */
    record PreparedInVain(Change change, RotationReason reason) implements Result {}

    /** The command did what it says, now or on an earlier try. */
    record Done() implements Result {}

    /**
     * The target accepts the new credential, whose principal it may have named itself.
     *
     * @param isLive whether that is the live value already, or published
     */
    record Applied(String principal, boolean isLive) implements Result {}

    record Promoted(long version) implements Result {}

    /** The run has succeeded before, which its database has lost: the live value is its own, or that of somebody who came later. */
    record FoundOver(String principal, long version) implements Result {}

    /** The new value is live and accepted, and the old one was to die before readers have it: there is no way back. */
    record FoundLive(String principal, long version) implements Result {}

    /** What is to be taken away is published: the run had come further than its state tells. */
    record FoundPublished() implements Result {}

    /** The previous value is live again: the run had been on its way back, or a person wants it so. */
    record FoundBack() implements Result {}

    /** Every Secret of every publication holds the value. */
    record Written(List<Copy> copies) implements Result {}

    /** Some do; the others are on their way, or something we depend on failed. */
    record PartlyWritten(List<Copy> copies, Trouble trouble) implements Result {}

    /**
     * Every Secret does, but for those that somebody else has written during the run: they are left as they are.
     *
     * @param theirs with the time of that write
     */
    record LeftAlone(List<Copy> copies, List<Copy> theirs) implements Result {}

    /** The live value is neither of the run's: somebody else has written it, and it is left as it is. */
    record StoreLeftAlone() implements Result {}

    record Moved(int pods) implements Result {}

    record OldRefused(RetirementProof proof) implements Result {}

    /** The run has forgotten its values; earlier ones have not. */
    record LeftBehind(List<RotationId> runs) implements Result {}

    /** What people have said, by what they wrote in the SecretRotation; no command has come to it. */
    sealed interface Word extends Input {}

    /** Nothing is started while the SecretRotation is suspended; the request waits for as long as that lasts. */
    record Suspended() implements Word {}

    /** The policy wants a person to say that the run may begin. */
    record ApprovalNeeded() implements Word {}

    record Approved(ActorName by) implements Word {}

    record Refused(ActorName by) implements Word {}

    /**
     * A paused run is to go on where it stood, or one that waited for an approval needs none any more.
     *
     * @param by who said so; null if nobody is named
     */
    record Resumed(@Nullable ActorName by) implements Word {}

    /** An emergency waits for a run that is paused. */
    record Hastened() implements Word {}

    /**
     * The run is to stop.
     *
     * @param by who said so; null if nobody is named
     */
    record Aborted(@Nullable ActorName by) implements Word {}

    /** Of any command: it has not done what it says. */
    sealed interface Trouble extends Input {}

    /** Not yet, and nothing is wrong: look again. */
    record Waiting(RotationReason reason) implements Trouble {}

    /** Something we depend on failed before it can have acted, lost its answer, or needs a time of its own: look again, then act. */
    record Unavailable(RotationReason reason) implements Trouble {}

    /** It will not work, however often it is tried. */
    record Rejected(RotationReason reason) implements Trouble {}
}
