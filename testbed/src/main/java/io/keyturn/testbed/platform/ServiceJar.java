package io.keyturn.testbed.platform;

import java.nio.file.Files;
import java.nio.file.Path;

import io.keyturn.testbed.process.StartFailed;
import io.keyturn.testbed.process.Tools;

/** One of the four packaged services. */
public enum ServiceJar {
    WATCHER("watcher"),
    ROTATION("rotation"),
    RESTART("restart"),
    AUDIT("audit");

    private final String shortName;

    ServiceJar(String shortName) {
        this.shortName = shortName;
    }

    /** Its Kafka principal, ServiceAccount, Vault role, database and database user. */
    public String principal() {
        return "keyturn-" + shortName;
    }

    public String shortName() {
        return shortName;
    }

    /** Whether it has a database of its own. */
    public boolean hasDatabase() {
        return this != WATCHER;
    }

    boolean hasVault() {
        return this == WATCHER || this == ROTATION;
    }

    /** The packaged service; it must have been built. */
    public Path jar() {
        var module = shortName + "-service";
        var jar = Tools.repository().resolve(module + "/target/" + module + "-0.1.0-SNAPSHOT-runner.jar");
        if (!Files.isRegularFile(jar)) {
            throw new StartFailed(module + " is not packaged: run `make build`.");
        }
        return jar;
    }
}
