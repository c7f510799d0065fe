package io.keyturn.audit.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.audit.record.ChainHead;
import io.keyturn.audit.record.Hash;
import io.keyturn.kit.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class QueryParametersTest {
    @Test
    void nothingGivenMeansTheNewestHundred() {
        assertThat(QueryParameters.events(Map.of()))
                .isEqualTo(new EventQuery(null, null, null, null, null, null, Order.NEWEST, 100, null));
    }

    @Test
    void everythingGivenIsRead() {
        var query = QueryParameters.events(Map.of(
                "namespace", List.of("shop"),
                "name", List.of("orders-db"),
                "rotation", List.of("r1"),
                "type", List.of("rotation.promoted.v1"),
                "from", List.of("2026-01-01T00:00:00Z"),
                "to", List.of("2026-01-02T00:00:00Z"),
                "order", List.of("oldest"),
                "limit", List.of("1000"),
                "after", List.of(new Cursor(Order.OLDEST, 12).text())));

        assertThat(query)
                .isEqualTo(new EventQuery(
                        "shop",
                        "orders-db",
                        "r1",
                        "io.keyturn.rotation.promoted.v1",
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-01-02T00:00:00Z"),
                        Order.OLDEST,
                        1000,
                        12L));
    }

    @Test
    void theFullTypeIsTheSameAsTheShortOne() {
        assertThat(QueryParameters.events(Map.of("type", List.of("io.keyturn.rotation.promoted.v1"))))
                .isEqualTo(QueryParameters.events(Map.of("type", List.of("rotation.promoted.v1"))));
    }

    @Test
    void aCursorAloneKeepsItsOrder() {
        var query = QueryParameters.events(Map.of("after", List.of(new Cursor(Order.OLDEST, 3).text())));

        assertThat(query.order()).isEqualTo(Order.OLDEST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limit     | 0
            limit     | 1001
            limit     | -1
            limit     | many
            from      | yesterday
            to        | 2026-01-01
            from      | +1000000000-01-01T00:00:00Z
            to        | -0001-01-01T00:00:00Z
            type      | rotation.promoted.v9
            type      | ''
            order     | upwards
            after     | bm9wZQ
            after     | ###
            namespace | Shop!
            rotation  | r1;drop
            namspace  | shop
            """)
    void whatCannotBeUsedIsRefusedByNameAndNeverEchoed(String field, String value) {
        var problem = problem(Map.of(field, List.of(value)));

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.field()).isEqualTo(field);
        assertThat(problem.detail()).isNotBlank();
        if (value.length() > 4 && !"namspace".equals(field)) {
            assertThat(problem.detail()).doesNotContain(value);
        }
    }

    @Test
    void combinationsThatCannotBeAnsweredAreRefused() {
        assertThat(problem(Map.of("name", List.of("x"))).field()).isEqualTo("namespace");
        assertThat(problem(Map.of("from", List.of("2026-01-02T00:00:00Z"), "to", List.of("2026-01-02T00:00:00Z")))
                        .field())
                .isEqualTo("to");
        assertThat(problem(Map.of("limit", List.of("1", "2"))).field()).isEqualTo("limit");
        assertThat(problem(Map.of(
                                "order", List.of("newest"),
                                "after", List.of(new Cursor(Order.OLDEST, 3).text())))
                        .field())
                .isEqualTo("after");
    }

    @Test
    void anExpectedHeadNeedsBothParts() {
        var hash = "ab".repeat(32);

        assertThat(QueryParameters.expectedHead(Map.of())).isNull();
        assertThat(QueryParameters.expectedHead(Map.of("expectedSeq", List.of("7"), "expectedHash", List.of(hash))))
                .isEqualTo(new ChainHead(7, new Hash(hash)));
        assertThat(headProblem(Map.of("expectedSeq", List.of("7")))).isEqualTo("expectedHash");
        assertThat(headProblem(Map.of("expectedHash", List.of(hash)))).isEqualTo("expectedSeq");
        assertThat(headProblem(Map.of("expectedSeq", List.of("0"), "expectedHash", List.of(hash))))
                .isEqualTo("expectedSeq");
        assertThat(headProblem(Map.of("expectedSeq", List.of("1"), "expectedHash", List.of("xyz"))))
                .isEqualTo("expectedHash");
    }

    private static io.keyturn.kit.problem.Problem problem(Map<String, List<String>> given) {
        return catchThrowableOfType(ProblemException.class, () -> QueryParameters.events(given))
                .problem();
    }

    private static @org.jspecify.annotations.Nullable String headProblem(Map<String, List<String>> given) {
        return catchThrowableOfType(ProblemException.class, () -> QueryParameters.expectedHead(given))
                .problem()
                .field();
    }
}
