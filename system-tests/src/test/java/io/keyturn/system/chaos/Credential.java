package io.keyturn.system.chaos;

/** A value as it is kept or published. */
record Credential(String user, String password) {
    /** As it stands in a Secret. */
    static Credential of(String published) {
        var end = published.indexOf('/');
        return new Credential(published.substring(0, end), published.substring(end + 1));
    }

    /** Who it is for; of the password nothing. */
    @Override
    public String toString() {
        return user;
    }
}
