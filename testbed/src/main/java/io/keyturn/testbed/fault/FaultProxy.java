package io.keyturn.testbed.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.FreePort;
import io.keyturn.testbed.process.Tools;

/** Toxiproxy: a TCP proxy before a server, with delays, cuts and black holes on demand. */
public final class FaultProxy implements AutoCloseable {

    private final Child server;
    private final ToxiproxyClient client;

    private FaultProxy() {
        int port = FreePort.next();
        server = Child.start(
                "toxiproxy",
                List.of(Tools.program("toxiproxy-server").toString(), "-host", "127.0.0.1", "-port", "" + port),
                Map.of());
        server.await(Duration.ofSeconds(20), () -> FreePort.answers(port));
        client = new ToxiproxyClient("127.0.0.1", port);
    }

    /** Starts the proxy server and waits until it answers. */
    public static FaultProxy start() {
        return new FaultProxy();
    }

    /**
     * A new proxy on a free port before {@code host:port}. {@link Proxy#getListen()} is its address; {@code disable()}
     * refuses connections, {@code toxics()} adds what else may go wrong.
     */
    public Proxy proxy(String name, String upstream) {
        return proxy(name, FreePort.next(), upstream);
    }

    /** The same on that port. */
    public Proxy proxy(String name, int port, String upstream) {
        try {
            return client.createProxy(name, "127.0.0.1:" + port, upstream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port a proxy listens on. */
    public static int port(Proxy proxy) {
        return Integer.parseInt(proxy.getListen().substring(proxy.getListen().lastIndexOf(':') + 1));
    }

    /** Enables every proxy and removes all faults. */
    public void reset() {
        try {
            client.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.kill();
    }
}
