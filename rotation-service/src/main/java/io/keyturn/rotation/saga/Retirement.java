package io.keyturn.rotation.saga;

/** When a run takes the old value away. */
public enum Retirement {
    /** Once nobody uses it any more. */
    AFTER_READERS,
    /** Before the new value is published: somebody else knows the old one, and who still reads it is refused until he has moved. */
    BEFORE_READERS,
    /** It has been taken away, though readers have yet to move. */
    DONE
}
