package io.keyturn.system.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** What checks ask: good or bad for a while each, by the seed; always good once it is told to be. */
final class Weather implements AutoCloseable {
    /** Bad weather outlasts the time that readers have to move, so that the run goes back. */
    private static final Duration CHANGES = Duration.ofSeconds(15);

    private static final int BAD_OF_TEN = 4;

    private final HttpServer server;
    private final long seed;
    private final long began = System.nanoTime();
    private volatile boolean goodForEver;

    Weather(long seed) {
        this.seed = seed;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(isGood() ? 200 : 503, -1);
        }
    }

    private boolean isGood() {
        long period = (System.nanoTime() - began) / CHANGES.toNanos();
        return goodForEver || new Random(seed * 31 + period).nextInt(10) >= BAD_OF_TEN;
    }

    int port() {
        return server.getAddress().getPort();
    }

    void clearUp() {
        goodForEver = true;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
