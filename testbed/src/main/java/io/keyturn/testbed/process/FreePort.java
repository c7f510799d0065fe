package io.keyturn.testbed.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports of the loopback address. They lie outside the range from which the system takes ports for outgoing
 * connections, so a server that is stopped finds its port free when it starts again.
 */
public final class FreePort {

    private static final Range RANGE = Range.beside(outgoing());
    /** Modules are tested side by side, and a server that is not there yet, or stopped, has a port that looks free to another JVM. */
    private static final Range MINE = RANGE.slice(ProcessHandle.current().pid());

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** Ports from one, inclusive, to another, exclusive. */
    record Range(int from, int to) {
        private static final int ENOUGH = 2_000;
        private static final int FIRST = 20_000;
        private static final int LAST = 65_500;
        private static final int SLICES = 8;

        /** Below the range of outgoing connections if there is room, else above it, else inside: then luck has to do. */
        static Range beside(Range outgoing) {
            if (outgoing.from() - FIRST >= ENOUGH) {
                return new Range(FIRST, Math.min(outgoing.from(), 32_000));
            }
            return LAST - outgoing.to() >= ENOUGH ? new Range(outgoing.to(), LAST) : new Range(FIRST, 32_000);
        }

        /** One of several parts of the same size. */
        Range slice(long number) {
            int size = (to - from) / SLICES;
            int begin = from + (int) (number % SLICES) * size;
            return new Range(begin, begin + size);
        }
    }

    /** A port that nobody listens on and that this JVM has not given out before. */
    public static int next() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            var range = attempt < 500 ? MINE : RANGE;
            int port = ThreadLocalRandom.current().nextInt(range.from(), range.to());
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new StartFailed("No free TCP port in " + RANGE + ".");
    }

    /** Whether somebody accepts connections on this port. */
    public static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What Linux says; its default where it says nothing. */
    private static Range outgoing() {
        // Such a file is read in one go or not at all, which Files.readString does not do.
        try (var file = Files.newInputStream(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
            var ends = new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split("\\s+");
            return new Range(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
        } catch (IOException | NumberFormatException e) {
            return new Range(32_768, 61_000);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
