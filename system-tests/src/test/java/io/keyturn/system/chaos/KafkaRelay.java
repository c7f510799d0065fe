package io.keyturn.system.chaos;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.keyturn.testbed.kafka.KafkaServer.Door;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a door of the broker and passes requests on, one by one; those of one kind it holds while it is told to, with all that
 * comes after them on the same connection. A request is framed by its length, and begins with its kind
 * (<a href="https://kafka.apache.org/protocol#protocol_messages">Kafka protocol guide</a>).
 */
final class KafkaRelay implements AutoCloseable {
    private final Door door;
    private final ApiKeys kind;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private boolean holds;
    private @Nullable Instant heldSince;

    /** @param kind of the requests that may be held */
    KafkaRelay(Door door, ApiKeys kind) {
        this.door = door;
        this.kind = kind;
        try {
            server = new ServerSocket(door.advertised(), 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Where clients are to begin. */
    String address() {
        return "localhost:" + door.advertised();
    }

    /** From now on, until {@link #letGo}. */
    synchronized void hold() {
        holds = true;
    }

    synchronized void letGo() {
        holds = false;
        heldSince = null;
        notifyAll();
    }

    /** For how long requests have been held; none if no such request has come yet. */
    synchronized Duration heldFor() {
        return heldSince == null ? Duration.ZERO : Duration.between(heldSince, Instant.now());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = keep(server.accept());
                var broker = keep(new Socket(InetAddress.getLoopbackAddress(), door.port()));
                Thread.ofVirtual().start(() -> pass(() -> ask(client, broker), client, broker));
                Thread.ofVirtual()
                        .start(() -> pass(
                                () -> broker.getInputStream().transferTo(client.getOutputStream()), client, broker));
            } catch (IOException _) {
                // The broker is away, or all is over: the client comes again, or nobody does.
            }
        }
    }

    private Socket keep(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private interface Way {
        void go() throws IOException, InterruptedException;
    }

    /** One way that ends is the end of both. */
    private static void pass(Way way, Socket client, Socket broker) {
        try (client;
                broker) {
            way.go();
        } catch (IOException _) {
            // One of them has gone.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Socket client, Socket broker) throws IOException, InterruptedException {
        var requests = new DataInputStream(client.getInputStream());
        var on = new DataOutputStream(broker.getOutputStream());
        while (true) {
            var request = requests.readNBytes(requests.readInt());
            if (ByteBuffer.wrap(request).getShort() == kind.id) {
                awaitLeave();
            }
            on.writeInt(request.length);
            on.write(request);
        }
    }

    private synchronized void awaitLeave() throws InterruptedException {
        while (holds) {
            if (heldSince == null) {
                heldSince = Instant.now();
            }
            wait();
        }
    }

    @Override
    public void close() {
        letGo();
        try {
            server.close();
            for (var socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
