package io.keyturn.rotation.bed;

import java.net.URI;
import java.util.List;
import java.util.Map;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.LostAnswers;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** The links of the service to the servers of {@link RotationBed}, each through a proxy that can lose answers. */
public final class Links implements QuarkusTestProfile {
    private static @Nullable Lossy current;

    /** The proxies before the store, the Kubernetes API and the database of the runs. */
    public record Lossy(LostAnswers store, LostAnswers kubernetes, LostAnswers runs) {}

    /** Those of the service that runs. */
    public static Lossy current() {
        return requireNonNull(current);
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Servers.class));
    }

    /** The servers of this profile are all there are. */
    @Override
    public boolean disableGlobalTestResources() {
        return true;
    }

    /** The servers, started as ever; addresses become those of the proxies. */
    public static final class Servers implements QuarkusTestResourceLifecycleManager {
        private final RotationBed servers = new RotationBed();

        @Override
        public Map<String, String> start() {
            var settings = servers.start();
            var bed = Testbed.shared();
            var vault = URI.create(bed.openBao().address());
            var kubernetes = URI.create(bed.kubernetes().url());
            var links = new Lossy(
                    before(vault),
                    before(kubernetes),
                    LostAnswers.before(bed.postgres().host(), bed.postgres().port()));
            current = links;
            settings.put("quarkus.vault.url", through(vault, links.store()));
            settings.put("quarkus.kubernetes-client.api-server-url", through(kubernetes, links.kubernetes()));
            settings.put(
                    "quarkus.datasource.reactive.url",
                    "postgresql://127.0.0.1:" + links.runs().port() + "/" + RotationBed.DATABASE);
            return settings;
        }

        private static LostAnswers before(URI server) {
            return LostAnswers.before(server.getHost(), server.getPort());
        }

        private static String through(URI server, LostAnswers link) {
            return server.getScheme() + "://" + server.getHost() + ":" + link.port();
        }

        @Override
        public void stop() {
            current().store().close();
            current().kubernetes().close();
            current().runs().close();
            servers.stop();
        }
    }
}
