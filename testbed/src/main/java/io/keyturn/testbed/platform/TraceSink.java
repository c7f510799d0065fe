package io.keyturn.testbed.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;

/** Takes the spans that services export (OTLP over HTTP, protobuf) and keeps them, and the bytes they came in. */
public final class TraceSink implements AutoCloseable {
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<byte[]> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final HttpServer server;

    /**
     * One span: who recorded it, in which trace, what it is called. Ids are hex.
     *
     * @param parent the span it belongs under; empty for the root of a trace
     */
    public record Span(String service, String trace, String id, String parent, String name) {}

    private TraceSink(HttpServer server) {
        this.server = server;
    }

    public static TraceSink start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var sink = new TraceSink(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/v1/traces", sink::take);
            server.start();
            return sink;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What makes a service export all its spans to here. */
    public Map<String, String> environment() {
        return Map.of(
                "QUARKUS_OTEL_TRACES_SAMPLER_ARG",
                "1.0",
                "QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL",
                "http/protobuf",
                "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** All spans so far. */
    public List<Span> spans() {
        return List.copyOf(spans);
    }

    /** The bodies of all exports so far, as they came. One that was refused, as a compressed one is, fails: what it says nobody knows. */
    public List<byte[]> received() {
        if (refused.get() > 0) {
            throw new IllegalStateException(refused.get() + " exports were no OTLP");
        }
        return List.copyOf(received);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(keep(exchange.getRequestBody().readAllBytes()) ? 200 : 400, -1);
        }
    }

    private boolean keep(byte[] body) {
        try {
            ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().forEach(this::keep);
            received.add(body);
            return true;
        } catch (InvalidProtocolBufferException e) {
            refused.incrementAndGet();
            return false;
        }
    }

    private void keep(ResourceSpans resource) {
        var service = resource.getResource().getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals("service.name"))
                .map(attribute -> attribute.getValue().getStringValue())
                .findFirst()
                .orElse("");
        for (var scope : resource.getScopeSpansList()) {
            for (var span : scope.getSpansList()) {
                spans.add(new Span(
                        service,
                        hex(span.getTraceId()),
                        hex(span.getSpanId()),
                        hex(span.getParentSpanId()),
                        span.getName()));
            }
        }
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }
}
