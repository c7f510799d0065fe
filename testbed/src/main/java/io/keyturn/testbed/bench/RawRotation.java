package io.keyturn.testbed.bench;

import java.util.Map;

import io.keyturn.testbed.Testbed;

/**
 * What the servers alone need for the parts of one rotation of a single role that nobody reads. Requests to Kubernetes, reads of
 * Vault and whatever is asked of PostgreSQL beside are not in there: it is a limit that nothing can pass, not one to be met.
 */
final class RawRotation {
    private static final int IN_FLIGHT = 8;

    private final Testbed testbed;

    RawRotation(Testbed testbed) {
        this.testbed = testbed;
    }

    /**
     * One kind of call.
     *
     * @param times how many of them make a rotation, see "What a run costs" in rotation-service's DESIGN.md
     */
    private record Part(String name, int times, RawLoad.Opening opening) {}

    /**
     * All parts of a rotation together.
     *
     * @param seconds one call after the other, as a single run makes them
     * @param perSecond rotations, if the servers had their calls from {@value #IN_FLIGHT} clients and nothing else to do
     */
    record Sum(double seconds, double perSecond) {}

    Sum measure(Report report) {
        var postgres = new RawPostgres(testbed.postgres());
        var parts = new Part[] {
            new Part("ALTER ROLE … PASSWORD", 1, postgres::passwords),
            // Each proves something; two are to be refused.
            new Part("login, TLS and SCRAM", 6, postgres::logins),
            // Two values kept, one promoted, a note beside it, two discarded.
            new Part("write in Vault", 6, this::vault),
            // The request, and eight states.
            new Part("transaction of the state", 9, postgres::states)
        };
        double alone = 0;
        double together = 0;
        for (var part : parts) {
            double one = 1 / RawLoad.perSecond(1, part.opening());
            double many = RawLoad.perSecond(IN_FLIGHT, part.opening());
            report.figure("raw " + part.name() + ", one after the other", one * 1000, "ms");
            report.figure("raw " + part.name() + ", " + IN_FLIGHT + " in flight", many, "per s");
            alone += part.times() * one;
            together += part.times() / many;
        }
        report.figure("raw parts of one rotation, one after the other", alone * 1000, "ms");
        report.figure("raw parts, rotations with " + IN_FLIGHT + " in flight", 1 / together, "per s");
        return new Sum(alone, 1 / together);
    }

    private RawLoad.Call vault(int number) {
        var fields = Map.of("username", "bench-raw", "password", RawPostgres.random(21));
        return () -> testbed.openBao().api().writeSecret("secret", "bench-raw/" + number, fields);
    }
}
