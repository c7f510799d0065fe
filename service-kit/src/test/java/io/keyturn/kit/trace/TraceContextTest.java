package io.keyturn.kit.trace;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TraceContextTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void outsideAnySpanThereIsNoTraceparent() {
        assertThat(TraceContext.current()).isNull();
    }

    @Test
    void whatWasWrittenIsReadBack() {
        try (var _ = TraceContext.of(PARENT).makeCurrent()) {
            assertThat(TraceContext.current()).isEqualTo(PARENT);
        }
    }

    @Test
    void nothingOrNonsenseIsTheRootContext() {
        assertThat(TraceContext.of(null)).isSameAs(Context.root());
        assertThat(Span.fromContext(TraceContext.of("nonsense"))
                        .getSpanContext()
                        .isValid())
                .isFalse();
    }

    @Test
    void workRunsInsideAChildSpanThatEndsAlsoOnFailure() {
        var spans = new Recorded();
        try (var provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build()) {
            var tracer = provider.get("test");
            var inside = TraceContext.inSpan(tracer, "step", PARENT, TraceContext::current);
            assertThat(inside).contains("0af7651916cd43dd8448eb211c80319c").isNotEqualTo(PARENT);
            assertThatThrownBy(() -> TraceContext.inSpan(tracer, "step", PARENT, () -> {
                        throw new IllegalStateException("work");
                    }))
                    .hasMessage("work");
        }
        assertThat(spans.ended)
                .hasSize(2)
                .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331"));
        assertThat(TraceContext.current()).isNull();
    }

    private static final class Recorded implements SpanExporter {
        final List<SpanData> ended = new ArrayList<>();

        @Override
        public CompletableResultCode export(java.util.Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
