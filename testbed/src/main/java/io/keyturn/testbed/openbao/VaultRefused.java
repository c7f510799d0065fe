package io.keyturn.testbed.openbao;

/** Vault answered with an error, or not at all (status 0). The message has no part of the request's or answer's body. */
public final class VaultRefused extends RuntimeException {

    private final int status;

    VaultRefused(int status, String method, String path) {
        super((status == 0 ? "no answer" : "status " + status) + " from Vault to " + method + " " + path);
        this.status = status;
    }

    /** HTTP status, or 0 without an answer. */
    public int status() {
        return status;
    }
}
