package io.keyturn.testbed.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/**
 * A TCP proxy that counts answers and loses chosen ones: the server has done what it was asked for, and who asked sees its connection end.
 * An answer is the first that a server says after it was told something; whatever the protocol, also within TLS.
 */
public final class LostAnswers implements AutoCloseable {
    private static final int BUFFER = 16_384;

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile LongPredicate choice = _ -> false;

    /** One connection: whose turn it is to speak. */
    private static final class Link {
        private final Socket near;
        private final Socket far;
        private volatile boolean asked;

        Link(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        void end() {
            close(near);
            close(far);
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private LostAnswers(ServerSocket listener, String host, int port) {
        this.listener = listener;
        this.host = host;
        this.port = port;
    }

    /** A proxy on a free port of this machine before that server. It loses nothing until it is told to. */
    public static LostAnswers before(String host, int port) {
        try {
            var proxy = new LostAnswers(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), host, port);
            Thread.ofVirtual().name("lost-answers").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many answers there were since {@link #lose}. */
    public long answers() {
        return answers.get();
    }

    /** How many of them were lost. */
    public long lost() {
        return lost.get();
    }

    /** Counts anew from one, and loses the answers with these numbers. */
    public void lose(LongPredicate numbers) {
        choice = _ -> false;
        answers.set(0);
        lost.set(0);
        choice = numbers;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var near = listener.accept();
                Thread.ofVirtual().start(() -> connect(near));
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void connect(Socket near) {
        try {
            near.setTcpNoDelay(true);
            var far = new Socket(host, port);
            far.setTcpNoDelay(true);
            var link = new Link(near, far);
            Thread.ofVirtual().start(() -> pump(link, false));
            pump(link, true);
        } catch (IOException unreachable) {
            try {
                near.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void pump(Link link, boolean there) {
        var from = there ? link.near : link.far;
        var to = there ? link.far : link.near;
        var buffer = new byte[BUFFER];
        try {
            var in = from.getInputStream();
            var out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (there) {
                    link.asked = true;
                } else if (isLost(link)) {
                    break;
                }
                out.write(buffer, 0, length);
            }
        } catch (IOException ended) {
            // The other direction ends as well.
        } finally {
            link.end();
        }
    }

    private boolean isLost(Link link) {
        if (!link.asked) {
            return false;
        }
        link.asked = false;
        boolean chosen = choice.test(answers.incrementAndGet());
        if (chosen) {
            lost.incrementAndGet();
        }
        return chosen;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
