package io.keyturn.rotation.secretstore.vault;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One KV version 2 mount, with compare-and-set. */
interface KvV2 {
    /**
     * The fields of the newest version.
     *
     * @param at when it was written, by the clock of the server
     */
    record Entry(Map<String, Object> fields, long version, Instant at) {}

    /** Trouble with the store, told apart; carries no text of the server. */
    final class StoreException extends Exception {
        private static final long serialVersionUID = 1;

        /** What it means for the caller. */
        enum Kind {
            /** The compare-and-set did not match. */
            CONFLICT,
            /** The token may not do this. */
            DENIED,
            /** No answer, or a server that cannot answer now. The request may have been carried out. */
            UNAVAILABLE
        }

        private final Kind kind;

        StoreException(Kind kind) {
            super(kind.name(), null, false, false);
            this.kind = kind;
        }

        Kind kind() {
            return kind;
        }
    }

    /** Empty when the path does not exist or its newest version is deleted. */
    Optional<Entry> read(String path) throws StoreException;

    /** The names right below a path, those of folders with a slash at their end; none if there is nothing. */
    List<String> list(String path) throws StoreException;

    /** Writes a new version if the newest one is the expected (0: none exists). The number of the version written. */
    long write(String path, Map<String, Object> fields, long expectedVersion) throws StoreException;

    /** The notes of a path; none where there is no path. */
    Map<String, String> notes(String path) throws StoreException;

    /** Adds notes to those of a path. */
    void annotate(String path, Map<String, String> metadata) throws StoreException;

    /**
     * Whether the token has all these capabilities at a part of a path, {@code data} or {@code metadata}; also where it may not ask, since
     * nothing is known there.
     */
    boolean allows(String part, String path, String... capabilities) throws StoreException;

    /** Deletes the path with all its versions. */
    void destroy(String path) throws StoreException;
}
