package io.keyturn.audit.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.audit.bed.Api;
import io.keyturn.audit.bed.AuditBed;
import io.keyturn.audit.bed.Broker;
import io.keyturn.audit.bed.Database;
import io.keyturn.contract.event.EventType;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.process.Tools;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@QuarkusTestResource(AuditBed.class)
class RecordIT {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Broker broker = new Broker();

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"newest", "oldest"})
    void pagesHoldEachEntryOnceWhileNewOnesArrive(String order) {
        var namespace = "n" + UUID.randomUUID();
        var before = send(namespace, 25);

        var paged = Api.all("limit=4&order=" + order + "&namespace=" + namespace, () -> send(namespace, 1)).stream()
                .map(RecordIT::id)
                .toList();

        assertThat(paged).doesNotHaveDuplicates().containsAll(before);
        var seqs = Api.all("limit=7&order=" + order + "&namespace=" + namespace, () -> {}).stream()
                .map(entry -> entry.get("seq").asLong())
                .toList();
        var sorted = "newest".equals(order)
                ? seqs.stream().sorted((a, b) -> Long.compare(b, a)).toList()
                : seqs.stream().sorted().toList();
        assertThat(seqs).isEqualTo(sorted).hasSizeGreaterThan(25);
    }

    @Test
    void filtersNarrowTogether() {
        var namespace = "n" + UUID.randomUUID();
        var promoted = send(namespace, 2);
        broker.send(EventType.ROTATION_TESTED, golden(EventType.ROTATION_TESTED, namespace));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> items("namespace=" + namespace).size() == 3);

        assertThat(items("namespace=" + namespace + "&name=orders-db&type=rotation.promoted.v1"))
                .extracting(RecordIT::id)
                .containsExactlyInAnyOrderElementsOf(promoted);
        assertThat(items("namespace=" + namespace + "&name=other")).isEmpty();
        var time = items("namespace=" + namespace + "&limit=1&order=oldest")
                .get(0)
                .get("time")
                .asText();
        assertThat(items("namespace=" + namespace + "&to=" + time)).isEmpty();
        assertThat(items("namespace=" + namespace + "&from=" + time)).hasSize(3);
    }

    @Test
    void aPageOfLargeEventsEndsEarlyAndTheNextOneGoesOn() {
        var namespace = "n" + UUID.randomUUID();
        var padding = " ".repeat(900_000);
        var sent = IntStream.range(0, 12)
                .mapToObj(_ -> broker.send(
                        EventType.ROTATION_PROMOTED, golden(EventType.ROTATION_PROMOTED, namespace) + padding))
                .toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> Database.entries(sent.getLast()) == 1);

        assertThat(items("limit=12&namespace=" + namespace)).hasSizeBetween(1, 5);
        assertThat(Api.all("limit=12&order=oldest&namespace=" + namespace, () -> {}))
                .extracting(RecordIT::id)
                .containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aBadParameterIsNamedInAProblem() throws IOException {
        var answer = Api.get("/audit/events?limit=0");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"field\":\"limit\"").contains("from 1 to 1000");
        assertThat(Api.get("/audit/verify?expectedSeq=1").body()).contains("\"field\":\"expectedHash\"");
    }

    @Test
    void theServiceMayAppendAndReadButNotChange() throws SQLException {
        send("n" + UUID.randomUUID(), 1);
        try (var service = Database.asService()) {
            assertRefused(service, "update audit_entry set name = 'x'");
            assertRefused(service, "delete from audit_entry");
            assertRefused(service, "truncate audit_entry");
            assertRefused(service, "alter table audit_entry disable trigger all");
            assertRefused(service, "drop table audit_entry");
        }
    }

    @Test
    void notEvenTheOwnerChangesWhatIsOnRecordWhileTheTriggersAreInForce() throws SQLException {
        send("n" + UUID.randomUUID(), 1);
        for (var connection : List.of(Database.asOwner(), Database.asSuperuser())) {
            try (connection) {
                assertRefused(connection, "update audit_entry set name = 'x'");
                assertRefused(connection, "delete from audit_entry where seq = 1");
                assertRefused(connection, "truncate audit_entry");
            }
        }
    }

    @Test
    void anEditWithTheTriggersOffIsFoundAtItsNumber() {
        var seq = seqOfNew();
        Database.tamper("update audit_entry set payload = replace(payload, 'orders', 'others') where seq = " + seq);
        try {
            assertBroken("", seq, "EDITED");
            assertThat(Api.get("/q/metrics").body()).contains("keyturn_audit_chain_ok 0.0");
        } finally {
            Database.tamper("update audit_entry set payload = replace(payload, 'others', 'orders') where seq = " + seq);
        }
        assertThat(Api.verify("").get("ok").asBoolean()).isTrue();
        assertThat(Api.get("/q/metrics").body()).contains("keyturn_audit_chain_ok 1.0");
    }

    @Test
    void aDeletionIsFoundAtItsNumberAndATailThatWasCutByWhoNotedTheHead() {
        var seq = seqOfNew();
        var head = Api.verify("").get("head");
        var noted = "?expectedSeq=" + head.get("seq").asLong() + "&expectedHash="
                + head.get("hash").asText();
        assertThat(Api.verify(noted).get("ok").asBoolean()).isTrue();
        Database.tamper("create table kept as select * from audit_entry where seq >= " + seq);
        try {
            Database.tamper("delete from audit_entry where seq = " + seq);
            assertBroken("", seq, "MISSING");
            Database.tamper("delete from audit_entry where seq >= " + seq);
            assertThat(Api.verify("").get("ok").asBoolean()).isTrue();
            assertBroken(noted, seq, "CUT");
        } finally {
            Database.tamper("insert into audit_entry select * from kept on conflict do nothing", "drop table kept");
        }
        assertThat(Api.verify(noted).get("ok").asBoolean()).isTrue();
    }

    @Test
    void aTimeThatNoProducerCouldHaveSentIsFound() {
        var seq = seqOfNew();
        Database.tamper(
                "create table kept_time as select event_time from audit_entry where seq = " + seq,
                "update audit_entry set event_time = 'infinity' where seq = " + seq);
        try {
            assertBroken("", seq, "EDITED");
        } finally {
            Database.tamper(
                    "update audit_entry set event_time = (select event_time from kept_time) where seq = " + seq,
                    "drop table kept_time");
        }
    }

    @Proves("I6")
    @Test
    void aThirdPartyWithoutOurCodeComesToTheSameVerdict(@TempDir Path folder) throws Exception {
        send("n" + UUID.randomUUID(), 5);
        var head = Api.verify("").get("head");
        var noted = head.get("seq").asLong() + ":" + head.get("hash").asText();

        var live = python(Api.address(), noted);

        assertThat(live).startsWith("0 OK ").contains("head " + noted);
        var page = firstFive();
        var copy = folder.resolve("page.json");
        Files.writeString(copy, page);
        assertThat(python(copy.toString())).startsWith("0 OK 5 entries");
        Files.writeString(copy, page.replaceFirst("\"seq\":3(.*?)\"name\":\"[^\"]*\"", "\"seq\":3$1\"name\":\"else\""));
        assertThat(python(copy.toString())).isEqualTo("1 BROKEN at entry 3");
        Files.writeString(copy, page.replaceFirst("\"seq\":2,", "\"seq\":9,"));
        assertThat(python(copy.toString())).isEqualTo("1 BROKEN at entry 2");
        Files.writeString(copy, page);
        assertThat(python(copy.toString(), "5:" + "0".repeat(64))).startsWith("1 REWRITTEN");
        assertThat(python(copy.toString(), "6:" + "0".repeat(64))).startsWith("1 CUT");
    }

    @Test
    void everyMeterIsThere() {
        send("n" + UUID.randomUUID(), 1);

        assertThat(Api.get("/q/metrics").body())
                .contains("keyturn_audit_appended_total{topic=\"keyturn.rotations.v1\"}")
                .contains("keyturn_audit_duplicates_total")
                .contains("keyturn_audit_lag_seconds_count")
                .contains("keyturn_audit_chain_ok");
    }

    /** One page each: a page of large ones, which another test may have sent first, would end early. */
    private static String firstFive() {
        var pages = new java.util.ArrayList<String>();
        var after = "";
        while (pages.size() < 5) {
            var query = "/audit/events?order=oldest&limit=1" + after;
            pages.add(Api.get(query).body());
            after = "&after=" + Api.json(query).get("next").asText();
        }
        return pages.toString();
    }

    private List<UUID> send(String namespace, int count) {
        var ids = new HashSet<UUID>();
        for (int i = 0; i < count; i++) {
            ids.add(broker.send(EventType.ROTATION_PROMOTED, golden(EventType.ROTATION_PROMOTED, namespace)));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> ids.stream().allMatch(id -> Database.entries(id) == 1));
        return List.copyOf(ids);
    }

    private long seqOfNew() {
        var namespace = "n" + UUID.randomUUID();
        send(namespace, 3);
        return items("namespace=" + namespace).get(1).get("seq").asLong();
    }

    private static void assertBroken(String query, long seq, String reason) {
        var answer = Api.verify(query);
        assertThat(answer.get("ok").asBoolean()).isFalse();
        assertThat(answer.get("firstBad").get("seq").asLong()).isEqualTo(seq);
        assertThat(answer.get("firstBad").get("reason").asText()).isEqualTo(reason);
    }

    private static void assertRefused(Connection connection, String sql) {
        assertThatThrownBy(() -> connection.createStatement().execute(sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
    }

    private static String python(String... arguments) throws IOException, InterruptedException {
        var script =
                Tools.repository().resolve("docs/reference/verify_audit.py").toString();
        var command = new java.util.ArrayList<>(List.of("python3", script));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return process.waitFor() + " " + output.strip();
    }

    private static List<JsonNode> items(String query) {
        var items = new java.util.ArrayList<JsonNode>();
        Api.json("/audit/events?" + query).get("items").forEach(items::add);
        return items;
    }

    private static String golden(EventType type, String namespace) {
        return new String(Broker.golden(type), java.nio.charset.StandardCharsets.UTF_8)
                .replace("\"shop\"", "\"" + namespace + "\"");
    }

    private static UUID id(JsonNode entry) {
        return UUID.fromString(entry.get("id").asText());
    }
}
