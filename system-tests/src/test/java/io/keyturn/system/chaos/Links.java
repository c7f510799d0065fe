package io.keyturn.system.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.system.chaos.FaultPlan.Fault;
import io.keyturn.system.chaos.FaultPlan.Link;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Scratch;

import static java.util.Objects.requireNonNull;

/** A proxy on each connection of rotation-service but Kafka's, which brokers tell by themselves. */
final class Links {
    private static final String TOXIC = "fault";

    private final Testbed testbed;
    private final Map<Link, Proxy> proxies = new EnumMap<>(Link.class);

    Links(Testbed testbed, PostgresServer target) {
        this.testbed = testbed;
        var faults = testbed.faults();
        proxies.put(Link.TARGET, faults.proxy("chaos-target", "localhost:" + target.port()));
        proxies.put(
                Link.STATE,
                faults.proxy("chaos-state", "localhost:" + testbed.postgres().port()));
        proxies.put(
                Link.STORE,
                faults.proxy("chaos-store", authority(testbed.openBao().address())));
        proxies.put(
                Link.CLUSTER,
                faults.proxy("chaos-cluster", authority(testbed.kubernetes().url())));
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

    /** What leads rotation-service through the proxies. */
    List<String> options() {
        var database = ServiceJar.ROTATION.principal();
        return List.of(
                "-Dquarkus.vault.url=http://127.0.0.1:" + port(Link.STORE),
                "-Dquarkus.datasource.jdbc.url=jdbc:postgresql://localhost:" + port(Link.STATE) + "/" + database,
                "-Dquarkus.datasource.reactive.url=postgresql://localhost:" + port(Link.STATE) + "/" + database,
                "-Dkubeconfig=" + kubeconfig());
    }

    private String kubeconfig() {
        var direct = testbed.kubernetes().kubeconfigFor("keyturn-system", ServiceJar.ROTATION.principal());
        try {
            var file = Scratch.folder("chaos-cluster").resolve("kubeconfig");
            return Files.writeString(
                            file,
                            Files.readString(direct)
                                    .replace(testbed.kubernetes().url(), "https://127.0.0.1:" + port(Link.CLUSTER)))
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
