package io.keyturn.watcher;

import java.util.List;
import java.util.Map;

import eu.rekawek.toxiproxy.Proxy;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Puts a fault proxy between the service and the API server, and lets a leader stay in office while it is cut off. */
public final class BehindProxy implements QuarkusTestProfile {
    private static volatile @Nullable Proxy proxy;

    static Proxy proxy() {
        return requireNonNull(proxy);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("keyturn.watcher.leader.lease-duration", "120s", "keyturn.watcher.leader.renew-deadline", "110s");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Servers.class));
    }

    /** The servers, started as ever; the address of the API server becomes the proxy's. */
    public static final class Servers implements QuarkusTestResourceLifecycleManager {
        private final WatcherTestbed servers = new WatcherTestbed();

        @Override
        public Map<String, String> start() {
            var settings = servers.start();
            var testbed = Testbed.shared();
            var upstream = testbed.kubernetes().url().substring("https://".length());
            var made = testbed.faults().proxy("api-server", upstream);
            proxy = made;
            settings.put("quarkus.kubernetes-client.api-server-url", "https://127.0.0.1:" + FaultProxy.port(made));
            settings.remove("keyturn.watcher.leader.lease-duration");
            settings.remove("keyturn.watcher.leader.renew-deadline");
            return settings;
        }

        @Override
        public void stop() {
            servers.stop();
        }
    }
}
