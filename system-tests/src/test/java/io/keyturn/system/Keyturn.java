package io.keyturn.system;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.platform.TraceSink;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.shop.Shop;
import org.jspecify.annotations.Nullable;

/** One platform for all system tests of a run; each test opens a shop in a namespace of its own. */
final class Keyturn {
    /** Every namespace a test uses: the services must be able to resolve names in it. */
    private static final List<String> NAMESPACES = List.of(
            "happy-two",
            "happy-one",
            "unhealthy",
            "killed",
            "orphaned",
            "taken-over",
            "unwatched",
            "unstated",
            "forged",
            "traced",
            "logged",
            "leak",
            "junk",
            "starved",
            "full-disk",
            "cut-off",
            "graced",
            "frozen");

    /** What makes takeovers quick enough to wait for, and that mounted files follow sooner than on a real node; all else is as users get it. */
    static final Map<String, String> SETTINGS = Map.of(
            "KEYTURN_ROTATION_VERIFY_ALLOW_LOOPBACK", "true",
            "KEYTURN_ROTATION_RUNNER_VOLUME_REFRESH", "6s",
            "KEYTURN_ROTATION_RUNNER_CLAIM", "5S",
            "KEYTURN_WATCHER_LEADER_LEASE_DURATION", "4s",
            "KEYTURN_WATCHER_LEADER_RENEW_DEADLINE", "3s",
            "KEYTURN_WATCHER_LEADER_RETRY_PERIOD", "1s",
            "KAFKA_SESSION_TIMEOUT_MS", "6000",
            "KAFKA_HEARTBEAT_INTERVAL_MS", "2000");

    private static @Nullable Keyturn started;

    private final TraceSink traces = TraceSink.start();
    private final Platform platform;
    private final PodRunner pods;
    private final Facts facts;
    /** In the order in which they were opened. */
    private final List<Shop> shops = new CopyOnWriteArrayList<>();

    private Keyturn() {
        var testbed = Testbed.shared();
        var settings = new HashMap<>(SETTINGS);
        settings.putAll(traces.environment());
        platform = Platform.start(
                testbed,
                "system",
                NAMESPACES.stream().map(Shop::hostNames).flatMap(List::stream).toList(),
                settings,
                _ -> {});
        pods = PodRunner.start(testbed.kubernetes().admin());
        facts = Facts.follow(testbed.kafka());
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

    static RunningService service(ServiceJar service) {
        return platform().service(service);
    }

    static Facts facts() {
        return started().facts;
    }

    static TraceSink traces() {
        return started().traces;
    }

    static Testbed testbed() {
        return started().platform.testbed();
    }

    /** Opens a shop. The one before is closed: pods that nobody looks at any more would go on logging in. */
    static synchronized Shop shop(String namespace) {
        if (!NAMESPACES.contains(namespace)) {
            throw new IllegalArgumentException("Name the namespace in Keyturn.NAMESPACES: " + namespace);
        }
        var keyturn = started();
        if (!keyturn.shops.isEmpty()) {
            keyturn.shops.getLast().closeApplications();
        }
        var shop = Shop.open(testbed(), pods(), namespace);
        keyturn.shops.add(shop);
        return shop;
    }

    /** Every shop that was opened so far, by whichever test. */
    static List<Shop> shops() {
        return List.copyOf(started().shops);
    }
}
