package io.keyturn.testbed.kubernetes;

/** People whom the API server knows by a token of their own. They have no right but those that a test gives them. */
public enum Person {
    /** One. */
    JANE("jane@example.org"),
    /** Another. */
    JOHN("john@example.org");

    private final String user;

    Person(String user) {
        this.user = user;
    }

    /** The user name that the API server knows them by. */
    public String user() {
        return user;
    }
}
