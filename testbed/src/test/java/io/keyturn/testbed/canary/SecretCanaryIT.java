package io.keyturn.testbed.canary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.platform.TraceSink;
import io.keyturn.testbed.postgres.PostgresServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretCanaryIT {

    private static final Testbed TESTBED = Testbed.shared();

    @BeforeAll
    static void start() {
        TESTBED.begin(Testbed.Server.KUBERNETES, Testbed.Server.KAFKA, Testbed.Server.POSTGRES);
    }

    @Test
    void kafkaKeysValuesAndHeadersAreSearched() throws Exception {
        KafkaServer kafka = TESTBED.kafka();
        kafka.admin()
                .createTopics(List.of(new NewTopic("canary", 2, (short) 1)))
                .all()
                .get();
        Map<String, String> planted =
                Map.of("key", "kafka-key-Zq81", "value", "kafka-value-Zq82", "header", "kafka-header-Zq83");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.copyOf(kafka.clientConfig(KafkaServer.ADMIN)), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> sent =
                    new ProducerRecord<>("canary", 1, "kafka-key-Zq81", base64("kafka-value-Zq82"));
            sent.headers().add("trace", hex("kafka-header-Zq83").getBytes(UTF_8));
            producer.send(sent).get();
        }

        SecretCanary.Report report =
                new SecretCanary(planted).searchKafka(kafka).report();

        assertThat(report.finds())
                .containsExactlyInAnyOrder(
                        new Find("Kafka canary-1@0 key", "key", "raw"),
                        new Find("Kafka canary-1@0 value", "value", "base64"),
                        new Find("Kafka canary-1@0 header trace", "header", "hex"));
        assertThat(report.toString()).doesNotContain("Zq8");
    }

    @Test
    void postgresTablesFilesAndLogAreSearched() {
        PostgresServer postgres = TESTBED.postgres();
        postgres.execute("postgres", "create database canary");
        postgres.execute(
                "canary",
                "create schema hidden",
                "create table hidden.rows (a jsonb, b bytea)",
                "insert into hidden.rows values ('{\"deep\": \"postgres-json-Zq84\"}', 'postgres-bytes-Zq85')",
                "checkpoint");
        Map<String, String> planted =
                Map.of("json", "postgres-json-Zq84", "bytes", "postgres-bytes-Zq85", "absent", "never-written-Zq86");

        SecretCanary.Report report =
                new SecretCanary(planted).searchPostgres(postgres).report();

        assertThat(report.finds())
                .contains(
                        new Find("PostgreSQL table canary:hidden.rows", "json", "raw"),
                        new Find("PostgreSQL table canary:hidden.rows", "bytes", "hex"),
                        new Find(postgres.log().toString(), "json", "raw"))
                .anyMatch(find -> find.place().startsWith(postgres.dataDirectory() + "/base/"))
                .noneMatch(find -> find.planted().equals("absent"));
    }

    @Test
    void kubernetesObjectsAreSearchedExceptTheSecretsThatMayHoldTheValue() {
        KubernetesServer kubernetes = TESTBED.kubernetes();
        kubernetes.createNamespace("canary");
        for (String name : List.of("allowed", "forgotten")) {
            kubernetes
                    .admin()
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace("canary")
                            .endMetadata()
                            .addToStringData("url", "postgresql://user:kubernetes-Zq87@host")
                            .build())
                    .create();
        }
        kubernetes
                .admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("leak")
                        .withNamespace("canary")
                        .addToAnnotations("note", base64(base64("kubernetes-Zq87")))
                        .endMetadata()
                        .build())
                .create();

        SecretCanary.Report report = new SecretCanary(Map.of("password", "kubernetes-Zq87"))
                .searchKubernetes(kubernetes.admin(), List.of("canary/allowed"))
                .report();

        assertThat(report.finds())
                .containsExactlyInAnyOrder(
                        new Find("Kubernetes secrets canary/forgotten", "password", "base64"),
                        new Find("Kubernetes configmaps canary/leak", "password", "base64 of base64"));
        assertThat(report.searched().get("objects")).isGreaterThan(50);
    }

    @Test
    void filesAreSearchedAcrossTheirPieces(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("deep"));
        String before = "x".repeat((8 << 20) - 5);
        Files.writeString(folder.resolve("deep/large.log"), before + "file-large-Zq88" + before);
        Files.writeString(folder.resolve("small.log"), "GET /?p=file-small-Zq89%2F");

        assertThat(new SecretCanary(Map.of("large", "file-large-Zq88", "small", "file-small-Zq89/"))
                        .searchFiles(folder)
                        .report()
                        .finds())
                .extracting(Find::planted)
                .containsExactlyInAnyOrder("large", "small");
    }

    @Test
    void httpAnswersAreSearched() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("X-Debug", "http-header-Zq90");
            byte[] body = "{\"detail\": \"http-body-Zq91\"}".getBytes(UTF_8);
            exchange.sendResponseHeaders(500, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
        try {
            URI address = URI.create("http://localhost:" + http.getAddress().getPort() + "/problem");

            assertThat(new SecretCanary(Map.of("header", "http-header-Zq90", "body", "http-body-Zq91"))
                            .searchHttp(Map.of(address, 500))
                            .report()
                            .finds())
                    .extracting(Find::planted)
                    .containsExactlyInAnyOrder("header", "body");
            assertThatThrownBy(
                            () -> new SecretCanary(Map.of("body", "http-body-Zq91")).searchHttp(Map.of(address, 200)))
                    .hasMessageContaining("answered 500, not 200")
                    .hasMessageNotContaining("Zq91");
        } finally {
            http.stop(0);
        }
    }

    @Test
    void exportedSpansAreSearchedAndOneThatNobodyCanReadIsAnError() throws Exception {
        try (TraceSink traces = TraceSink.start()) {
            Span.Builder span = Span.newBuilder()
                    .setName("GET")
                    .addAttributes(KeyValue.newBuilder()
                            .setKey("url.query")
                            .setValue(AnyValue.newBuilder().setStringValue("p=trace-attribute-Zq93")));
            byte[] export = ExportTraceServiceRequest.newBuilder()
                    .addResourceSpans(ResourceSpans.newBuilder()
                            .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                    .build()
                    .toByteArray();
            assertThat(post(traces, export)).isEqualTo(200);

            SecretCanary canary = new SecretCanary(Map.of("attribute", "trace-attribute-Zq93"));

            assertThat(canary.searchTraces(traces).report())
                    .isEqualTo(new SecretCanary.Report(
                            List.of(new Find("exported spans", "attribute", "raw")), Map.of("exports", 1)));
            assertThat(post(traces, gzip(export))).isEqualTo(400);
            assertThatThrownBy(() -> canary.searchTraces(traces)).hasMessage("1 exports were no OTLP");
        }
    }

    private static int post(TraceSink traces, byte[] body) throws IOException, InterruptedException {
        URI address = URI.create(traces.environment().get("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT") + "/v1/traces");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(content);
        }
        return compressed.toByteArray();
    }

    @Test
    void cleanPlacesGiveACleanReportThatSaysHowMuchWasRead(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("service.log"), "nothing of interest");

        SecretCanary.Report report = new SecretCanary(Map.of("password", "never-written-Zq92"))
                .searchFiles(folder)
                .report();

        assertThat(report.isClean()).isTrue();
        assertThat(report.searched()).containsEntry("files", 1);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }
}
