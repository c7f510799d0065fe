package io.keyturn.rotation.target.postgres;

/** What a server made of a login. */
enum Login {
    ACCEPTED,
    /** SQLSTATE class 28: wrong password, or the role may not log in. */
    REFUSED,
    /** No answer, or an answer about something else (starting up, too many connections). */
    UNKNOWN
}
