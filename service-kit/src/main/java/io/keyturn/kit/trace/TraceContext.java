package io.keyturn.kit.trace;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/** W3C trace context as text, so that it survives a database row. */
public final class TraceContext {
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private TraceContext() {}

    /** The traceparent of the current span; null outside any. */
    public static @Nullable String current() {
        var carrier = new HashMap<String, String>();
        W3C.inject(Context.current(), carrier, Map::put);
        return carrier.get("traceparent");
    }

    /** The context a traceparent names; the root context for null. */
    public static Context of(@Nullable String traceparent) {
        return traceparent == null
                ? Context.root()
                : W3C.extract(Context.root(), Map.of("traceparent", traceparent), MapGetter.INSTANCE);
    }

    /** Runs work inside a new span below the given context. */
    public static <T> T inSpan(Tracer tracer, String name, @Nullable String traceparent, Supplier<T> work) {
        Span span = tracer.spanBuilder(name)
                .setParent(of(traceparent))
                .setSpanKind(SpanKind.INTERNAL)
                .startSpan();
        try (var _ = span.makeCurrent()) {
            return work.get();
        } finally {
            span.end();
        }
    }

    private enum MapGetter implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
