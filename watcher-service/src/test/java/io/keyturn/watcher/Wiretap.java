package io.keyturn.watcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLSocketFactory;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.tls.ServerCertificate;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Stands between the service and the API server, without TLS on the service's side, and keeps every byte that passes. */
public final class Wiretap implements QuarkusTestProfile {
    private static volatile @Nullable Tap tap;

    /** All that was asked so far, as text. */
    static String asked() {
        return requireNonNull(tap).text(requireNonNull(tap).asked);
    }

    /** All that was answered so far, as text. */
    static String answered() {
        return requireNonNull(tap).text(requireNonNull(tap).answered);
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Servers.class));
    }

    /** The servers, started as ever; the address of the API server becomes the tap's. */
    public static final class Servers implements QuarkusTestResourceLifecycleManager {
        private final WatcherTestbed servers = new WatcherTestbed();

        @Override
        public Map<String, String> start() {
            var settings = servers.start();
            var kubernetes = Testbed.shared().kubernetes();
            var made = new Tap(
                    URI.create(kubernetes.url()),
                    ServerCertificate.trust(kubernetes.certificateAuthority()).getSocketFactory());
            tap = made;
            settings.put("quarkus.kubernetes-client.api-server-url", "http://127.0.0.1:" + made.port());
            return settings;
        }

        @Override
        public void stop() {
            requireNonNull(tap).close();
            servers.stop();
        }
    }

    /** Copies connections, one thread per direction. */
    private static final class Tap implements AutoCloseable {
        final List<ByteArrayOutputStream> asked = new CopyOnWriteArrayList<>();
        final List<ByteArrayOutputStream> answered = new CopyOnWriteArrayList<>();
        private final ServerSocket server;
        private final URI upstream;
        private final SSLSocketFactory tls;

        Tap(URI upstream, SSLSocketFactory tls) {
            this.upstream = upstream;
            this.tls = tls;
            try {
                server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread.ofPlatform().daemon().name("wiretap").start(this::accept);
        }

        int port() {
            return server.getLocalPort();
        }

        String text(List<ByteArrayOutputStream> heard) {
            var text = new StringBuilder();
            heard.forEach(one -> text.append(one.toString(StandardCharsets.ISO_8859_1)));
            return text.toString();
        }

        private void accept() {
            while (true) {
                try {
                    var client = server.accept();
                    var there = tls.createSocket(upstream.getHost(), upstream.getPort());
                    copy(client, there, asked);
                    copy(there, client, answered);
                } catch (IOException e) {
                    return;
                }
            }
        }

        private static void copy(Socket from, Socket to, List<ByteArrayOutputStream> heard) {
            var record = new ByteArrayOutputStream();
            heard.add(record);
            Thread.ofPlatform().daemon().name("wiretap").start(() -> {
                try (from;
                        to) {
                    pump(from.getInputStream(), to.getOutputStream(), record);
                } catch (IOException e) {
                    // One side has hung up.
                }
            });
        }

        private static void pump(InputStream from, OutputStream to, ByteArrayOutputStream record) throws IOException {
            var buffer = new byte[8192];
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                record.write(buffer, 0, read);
                to.write(buffer, 0, read);
                to.flush();
            }
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
