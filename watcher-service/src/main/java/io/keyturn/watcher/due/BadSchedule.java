package io.keyturn.watcher.due;

/** A schedule that cannot be understood: which field, and what would do. Shown to the user. */
public record BadSchedule(String field, String fix) {
    public String message() {
        return field + ": " + fix;
    }
}
