package io.keyturn.rotation.credential;

import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.kit.secret.SecretValue;

/**
 * Who logs in, and with what: a role and its password, an access key and its secret, a key's id and the key. Owns the secret;
 * whoever makes a credential closes it.
 */
public record Credential(String principal, SecretValue secret) implements AutoCloseable {
    /** Whether events can carry the name of the principal. */
    public boolean isNameable() {
        try {
            return !new PrincipalName(principal).value().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whoever has it closes it. */
    public Credential copy() {
        return new Credential(principal, secret.copy());
    }

    public boolean sameAs(Credential other) {
        return principal.equals(other.principal) && secret.sameAs(other.secret);
    }

    @Override
    public void close() {
        secret.close();
    }
}
