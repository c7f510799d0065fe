package io.keyturn.system;

import java.util.List;
import java.util.Map;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.shop.Shop;
import org.jspecify.annotations.Nullable;

/** One platform for all system tests of a run; each test opens a shop in a namespace of its own. */
final class Keyturn {
    /** Every namespace a test uses: the services must be able to resolve names in it. */
    private static final List<String> NAMESPACES =
            List.of("happy-two", "happy-one", "unhealthy", "killed", "unwatched", "quiet", "forged", "traced", "leak");

    private static @Nullable Keyturn started;

    private final Platform platform;
    private final PodRunner pods;

    private Keyturn() {
        var testbed = Testbed.shared();
        platform = Platform.start(
                testbed,
                "system",
                NAMESPACES.stream().map(Shop::hostNames).flatMap(List::stream).toList(),
                Map.of("KEYTURN_ROTATION_VERIFY_ALLOW_LOOPBACK", "true"),
                _ -> {});
        pods = PodRunner.start(testbed.kubernetes().admin());
    }

    /** Not a static field: other threads help to start it, and would wait for the class to be initialised. */
    private static synchronized Keyturn started() {
        if (started == null) {
            started = new Keyturn();
        }
        return started;
    }

    static Platform platform() {
        return started().platform;
    }

    static PodRunner pods() {
        return started().pods;
    }

    static Testbed testbed() {
        return started().platform.testbed();
    }

    static Shop shop(String namespace) {
        if (!NAMESPACES.contains(namespace)) {
            throw new IllegalArgumentException("Name the namespace in Keyturn.NAMESPACES: " + namespace);
        }
        return Shop.open(testbed(), pods(), namespace);
    }
}
