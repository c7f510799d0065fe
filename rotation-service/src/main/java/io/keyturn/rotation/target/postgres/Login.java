package io.keyturn.rotation.target.postgres;

/** What a server made of a login. */
enum Login {
    ACCEPTED,
    /** The password was right, but there is no such database or no right to connect to it (checked after the password). */
    NOT_ADMITTED,
    /** SQLSTATE 28P01: wrong password, or none, or one that has expired. */
    REFUSED,
    /** The rest of class 28: the role may not log in though the password is right (NOLOGIN), or may not from here (pg_hba.conf). */
    LOCKED,
    /** No answer, or an answer about something else (starting up, too many connections). */
    UNKNOWN
}
