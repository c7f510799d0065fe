package io.keyturn.rotation.policy;

/** What is wrong with a SecretRotation: the field, and what would do instead. Holds no values, so it may be shown. */
public record Fault(String field, String fix) {
    @Override
    public String toString() {
        return field + ": " + fix;
    }
}
