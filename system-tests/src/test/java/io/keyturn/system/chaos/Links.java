package io.keyturn.system.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.system.chaos.FaultPlan.Fault;
import io.keyturn.system.chaos.FaultPlan.Link;
import io.keyturn.system.chaos.FaultPlan.Server;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Scratch;

import static java.util.Objects.requireNonNull;

/** A proxy on each connection of each service. */
final class Links {
    private static final String TOXIC = "fault";

    private final Testbed testbed;
    private final Map<Link, Proxy> proxies = new EnumMap<>(Link.class);

    /** @param testbed whose broker has a door for each service: a broker tells its clients by itself where to go on */
    Links(Testbed testbed, PostgresServer target) {
        this.testbed = testbed;
        for (var link : Link.values()) {
            proxies.put(link, proxy(link, target));
        }
    }

    private Proxy proxy(Link link, PostgresServer target) {
        var name = "chaos-" + link;
        var faults = testbed.faults();
        return switch (link.server) {
            case TARGET -> faults.proxy(name, "localhost:" + target.port());
            case DATABASE ->
                faults.proxy(name, "localhost:" + testbed.postgres().port());
            case STORE -> faults.proxy(name, authority(testbed.openBao().address()));
            case CLUSTER -> faults.proxy(name, authority(testbed.kubernetes().url()));
            case BROKER -> {
                var door = testbed.kafka().doors().get(link.service.ordinal());
                yield faults.proxy(name, door.advertised(), "localhost:" + door.port());
            }
        };
    }

    private static String authority(String url) {
        return URI.create(url).getAuthority();
    }

    /** Where that connection is made to. */
    int port(Link link) {
        return FaultProxy.port(proxy(link));
    }

    private Proxy proxy(Link link) {
        return requireNonNull(proxies.get(link));
    }

    /** What leads that service through its proxies. */
    Map<String, String> environment(ServiceJar service) {
        var environment = new HashMap<String, String>();
        Arrays.stream(Link.values())
                .filter(link -> link.service == service)
                .forEach(link -> environment.putAll(environment(service, link.server, "127.0.0.1:" + port(link))));
        return environment;
    }

    private Map<String, String> environment(ServiceJar service, Server server, String proxy) {
        return switch (server) {
            // SecretRotations say where it is.
            case TARGET -> Map.of();
            case DATABASE ->
                Map.of(
                        "QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://" + proxy + "/" + service.principal(),
                        "QUARKUS_DATASOURCE_REACTIVE_URL", "postgresql://" + proxy + "/" + service.principal());
            case STORE -> Map.of("QUARKUS_VAULT_URL", "http://" + proxy);
            case CLUSTER -> Map.of("KUBECONFIG", kubeconfig(service, proxy));
            case BROKER -> Map.of("KAFKA_BOOTSTRAP_SERVERS", proxy);
        };
    }

    private String kubeconfig(ServiceJar service, String proxy) {
        var direct = testbed.kubernetes().kubeconfigFor("keyturn-system", service.principal());
        try {
            var file = Scratch.folder("chaos-" + service.shortName()).resolve("kubeconfig");
            return Files.writeString(
                            file,
                            Files.readString(direct)
                                    .replace(testbed.kubernetes().url(), "https://" + proxy))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void spoil(Fault fault) {
        var toxics = proxy(requireNonNull(fault.link())).toxics();
        try {
            switch (fault.kind()) {
                case SLOW -> toxics.latency(TOXIC, ToxicDirection.DOWNSTREAM, fault.size());
                case BLACK_HOLE -> toxics.timeout(TOXIC, ToxicDirection.DOWNSTREAM, 0);
                case RESET -> toxics.resetPeer(TOXIC, ToxicDirection.DOWNSTREAM, 0);
                case CUT_SHORT -> toxics.limitData(TOXIC, ToxicDirection.DOWNSTREAM, fault.size());
                case KILLED,
                        FROZEN,
                        TARGET_DOWN,
                        STATE_DOWN,
                        STORE_SEALED,
                        STORE_LIMITED,
                        TOKENS_REVOKED,
                        BROKER_DOWN,
                        BROKER_AWAY,
                        CLUSTER_DOWN -> throw new IllegalArgumentException(fault.name());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void mend() {
        testbed.faults().reset();
    }
}
