package io.keyturn.contract.topic;

/** The four services: Kafka principal, ServiceAccount, Vault role and database user carry this name. */
public enum Service {
    WATCHER("keyturn-watcher"),
    ROTATION("keyturn-rotation"),
    RESTART("keyturn-restart"),
    AUDIT("keyturn-audit");

    private final String principal;

    Service(String principal) {
        this.principal = principal;
    }

    public String principal() {
        return principal;
    }
}
