package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.keyturn.testbed.shop.Fleet;

import static org.awaitility.Awaitility.await;

/** The SecretRotations of all members, and their credentials. */
record ChaosFleet(Fleet fleet, List<Member> members) {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    String namespace() {
        return fleet.namespace();
    }

    /** Database, roles, paths and Secrets, but no SecretRotation yet. */
    void furnish() {
        fleet.create();
        members.forEach(member -> fleet.add(member.name(), member.twoRoles(), member.secrets()));
    }

    /**
     * Creates the SecretRotations and waits until all are adopted.
     *
     * @param port where rotation-service finds the target
     * @param check where checks are asked, on this machine
     */
    void adopt(int port, int check) {
        fleet.apply(members.stream().map(member -> manifest(member, port, check)));
        await("adopted")
                .atMost(PATIENCE)
                .until(() -> members.stream()
                        .allMatch(
                                member -> status(member, "lastRotation.outcome").equals("Succeeded")));
    }

    private String manifest(Member member, int port, int check) {
        return fleet.manifest(member.name(), member.twoRoles(), member.secrets(), port, """
                consumers: {deadline: 5s}
                retire: {after: 3s}
                %s
                """.formatted(
                        member.checked()
                                ? "verify: [{http: {url: \"http://weather.%s.svc:%d/\", timeout: 1s}}]"
                                        .formatted(namespace(), check)
                                : ""));
    }

    void rotate(Member member, String token) {
        fleet.annotate(member.name(), Map.of("keyturn.io/rotate", token));
    }

    /** A field of status, such as {@code lastRotation.id}; empty if it is not there. */
    String status(Member member, String path) {
        return fleet.status(member.name(), path);
    }
}
