package io.keyturn.system.chaos;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.system.Facts;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.shop.Fleet;

/** A platform on servers of its own, since they will suffer, a second PostgreSQL as target, and a fleet whose values are adopted. */
final class ChaosBed implements AutoCloseable {
    static final String NAMESPACE = "chaos";
    private static final int SIZE = 20;

    /** What makes takeovers quick enough to see many of them. */
    private static final Map<String, String> SETTINGS = Map.of(
            "KEYTURN_ROTATION_VERIFY_ALLOW_LOOPBACK", "true",
            "KEYTURN_ROTATION_RUNNER_CLAIM", "5S",
            "KEYTURN_WATCHER_LEADER_LEASE_DURATION", "4s",
            "KEYTURN_WATCHER_LEADER_RENEW_DEADLINE", "3s",
            "KEYTURN_WATCHER_LEADER_RETRY_PERIOD", "1s",
            "KAFKA_SESSION_TIMEOUT_MS", "6000",
            "KAFKA_HEARTBEAT_INTERVAL_MS", "2000");

    final Testbed testbed = new Testbed((_, _) -> {}).withKafkaDoors(ServiceJar.values().length);
    final PostgresServer target =
            PostgresServer.start(PostgresServer.Options.plain().withTls());
    final Platform platform;
    final Facts facts;
    final Weather weather;
    final ChaosFleet fleet;
    final Sight sight;
    final TargetLogin login;
    final Links links;

    ChaosBed(long seed) {
        testbed.begin(Testbed.Server.values());
        links = new Links(testbed, target);
        platform =
                Platform.start(testbed, "chaos", List.of("weather." + NAMESPACE + ".svc"), this::environment, _ -> {});
        facts = Facts.follow(testbed.kafka());
        weather = new Weather(seed);
        var credentials = new Fleet(testbed, target, NAMESPACE);
        fleet = new ChaosFleet(credentials, Member.fleet(SIZE));
        sight = new Sight(credentials);
        login = new TargetLogin(target, credentials.database());
    }

    private Map<String, String> environment(ServiceJar service) {
        var environment = new HashMap<>(SETTINGS);
        environment.putAll(links.environment(service));
        return environment;
    }

    @Override
    public void close() {
        weather.close();
        facts.close();
        platform.close();
        target.close();
        testbed.close();
    }
}
