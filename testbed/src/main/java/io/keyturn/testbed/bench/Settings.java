package io.keyturn.testbed.bench;

import io.keyturn.testbed.process.StartFailed;

/**
 * How long and how much is measured; each is an environment variable.
 *
 * @param seconds LOAD_SECONDS (for make: SECONDS, a name that bash keeps for itself): how long Secrets are changed
 * @param runs RUNS: rotations of the shop, one after the other
 * @param roles ROLES: SecretRotations that become due at once
 * @param events EVENTS: events that are given to the audit trail at once
 * @param idleSeconds IDLE: how long idle services are watched
 * @param starts STARTS: starts of each service
 * @param aot AOT=0 leaves out the AOT cache
 * @param fsync FSYNC=0 lets PostgreSQL commit without waiting for the disk, as tests do
 */
record Settings(int seconds, int runs, int roles, int events, int idleSeconds, int starts, boolean aot, boolean fsync) {
    static Settings fromEnvironment() {
        return new Settings(
                positive("LOAD_SECONDS", 30),
                positive("RUNS", 5),
                positive("ROLES", 50),
                positive("EVENTS", 20_000),
                positive("IDLE", 30),
                positive("STARTS", 3),
                !"0".equals(System.getenv("AOT")),
                !"0".equals(System.getenv("FSYNC")));
    }

    private static int positive(String name, int otherwise) {
        var text = System.getenv(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[1-9]\\d{0,6}")) {
            throw new StartFailed(name + " must be a whole number above 0.");
        }
        return Integer.parseInt(text);
    }
}
