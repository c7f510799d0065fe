package io.keyturn.rotation.target.postgres;

/** What a server made of a login. */
enum Login {
    ACCEPTED,
    /** The password was right, but there is no such database or no right to connect to it (checked after the password). */
    NOT_ADMITTED,
    /** SQLSTATE class 28: wrong password, or the role may not log in. */
    REFUSED,
    /** No answer, or an answer about something else (starting up, too many connections). */
    UNKNOWN
}
