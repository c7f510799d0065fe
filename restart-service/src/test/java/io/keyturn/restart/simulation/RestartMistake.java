package io.keyturn.restart.simulation;

/** A classic mistake with restarts, planted to show that the simulation finds it. */
public enum RestartMistake {
    NONE,
    /** Content that is older than what is known is taken in. */
    TAKES_OLD_CONTENT_IN,
    /** Where somebody else plans at the moment, nothing is left for later. */
    LEAVES_NO_TRIGGER,
    /** Several instances plan for a namespace at a time. */
    PLANS_SIDE_BY_SIDE,
    /** A plan whose owner died stays where it is. */
    LEAVES_PLANS_TO_THE_DEAD,
    /** Who does not own a plan any more, or one that was superseded, drives it all the same. */
    DRIVES_PLANS_OF_OTHERS,
    /** A plan that comes back to an instance is driven by who drove it there before, with what he knew then. */
    TAKES_OLD_COPIES_UP_AGAIN,
    /** Patches are sent without a record of what they bring. */
    RECORDS_NO_DECISION,
    /** A plan that has taken a step meanwhile, or has ended, is superseded all the same. */
    SUPERSEDES_WHAT_IT_HAS_NOT_READ,
    /** What an earlier decision brought is recorded over what a later one brought. */
    LETS_OLD_DECISIONS_WIN,
    /** A newer plan does not know that a patch of an earlier one may have arrived. */
    FORGETS_PATCHES_ON_THEIR_WAY,
    /** What a plan has begun is nobody's concern once it has failed. */
    FORGETS_WHAT_FAILED_PLANS_HAVE_BEGUN,
    /** Plans for other Secrets that run beside it may patch the same workloads, whatever they bring. */
    KNOWS_NOTHING_OF_OTHER_RUNNING_PLANS,
    /** A patch that is sent again says something else. */
    SALTS_EVERY_PATCH,
    /** A patch without an answer has arrived. */
    TAKES_NO_ANSWER_FOR_YES
}
