package io.keyturn.testbed.bench;

import java.util.List;
import java.util.stream.Stream;

import io.keyturn.testbed.process.StartFailed;

/**
 * How long and how much is measured; each is an environment variable.
 *
 * @param seconds LOAD_SECONDS (for make: SECONDS, a name that bash keeps for itself): how long Secrets are changed
 * @param runs RUNS: rotations of the shop, one after the other
 * @param roles ROLES: SecretRotations that become due at once; several numbers, as in {@code 50,500}, are measured one after the other
 * @param deployments DEPLOYMENTS: SecretRotations with a Deployment each that become due at once
 * @param waiting WAITING: requests that come while a database is down
 * @param events EVENTS: events that are given to the audit trail at once
 * @param idleSeconds IDLE: how long idle services are watched
 * @param starts STARTS: starts of each service
 * @param aot AOT=0 leaves out the AOT cache
 * @param fsync FSYNC=0 lets PostgreSQL commit without waiting for the disk, as tests do
 */
record Settings(
        int seconds,
        int runs,
        List<Integer> roles,
        int deployments,
        int waiting,
        int events,
        int idleSeconds,
        int starts,
        boolean aot,
        boolean fsync) {
    static Settings fromEnvironment() {
        return new Settings(
                positive("LOAD_SECONDS", 30),
                positive("RUNS", 5),
                severalPositive("ROLES", "50"),
                positive("DEPLOYMENTS", 10),
                positive("WAITING", 20_000),
                positive("EVENTS", 20_000),
                positive("IDLE", 30),
                positive("STARTS", 3),
                !"0".equals(System.getenv("AOT")),
                !"0".equals(System.getenv("FSYNC")));
    }

    private static int positive(String name, int otherwise) {
        return positive(name, text(name, String.valueOf(otherwise)), "");
    }

    private static List<Integer> severalPositive(String name, String otherwise) {
        return Stream.of(text(name, otherwise).split(",", -1))
                .map(text -> positive(name, text, ", or several with commas between"))
                .distinct()
                .toList();
    }

    private static String text(String name, String otherwise) {
        var text = System.getenv(name);
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private static int positive(String name, String text, String orSo) {
        if (!text.matches("[1-9]\\d{0,6}")) {
            throw new StartFailed(name + " must be a whole number above 0" + orSo + ".");
        }
        return Integer.parseInt(text);
    }
}
