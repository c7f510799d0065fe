package io.keyturn.testbed.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpServer;

/**
 * A real {@code GET /health} per application, in place of its Service: 200 when pods of it run and the last login of each worked,
 * else 503.
 */
final class HealthEndpoints implements AutoCloseable {
    private record App(String namespace, String name) {}

    private final LoginLedger ledger;
    private final Map<App, HttpServer> servers = new ConcurrentHashMap<>();
    private final Set<App> broken = ConcurrentHashMap.newKeySet();

    HealthEndpoints(LoginLedger ledger) {
        this.ledger = ledger;
    }

    URI url(String namespace, String app) {
        var server = servers.computeIfAbsent(new App(namespace, app), this::serve);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health");
    }

    void setBroken(String namespace, String app, boolean isBroken) {
        if (isBroken) {
            broken.add(new App(namespace, app));
        } else {
            broken.remove(new App(namespace, app));
        }
    }

    private HttpServer serve(App app) {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/health", exchange -> {
                exchange.sendResponseHeaders(isHealthy(app) ? 200 : 503, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isHealthy(App app) {
        var last = ledger.lastAttempts(app.namespace(), app.name());
        return !broken.contains(app) && !last.isEmpty() && last.stream().allMatch(LoginLedger.Login::succeeded);
    }

    @Override
    public void close() {
        servers.values().forEach(server -> server.stop(0));
    }
}
