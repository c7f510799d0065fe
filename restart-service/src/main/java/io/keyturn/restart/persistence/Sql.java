package io.keyturn.restart.persistence;

import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.kit.persistence.NativeSql;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Statements whose one parameter and, for queries, one answer are JSON documents: rows go in and come out in sets, one round
 * trip each. Fields are columns ({@code workloadUid} is {@code workload_uid}).
 */
final class Sql {
    private static final JsonMapper MAPPER = EventJson.mapper()
            .rebuild()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private static final int LONGEST_PREPARED = 2048;

    private Sql() {}

    /** One line: the client prepares a statement once per connection only if it has fewer than 2048 characters. */
    static String compact(String sql) {
        var line = sql.strip().replaceAll("\\s+", " ");
        if (line.length() >= LONGEST_PREPARED) {
            throw new IllegalStateException("Too long to stay prepared: " + line.length());
        }
        return line;
    }

    /** @param sql uses {@code $1}; answers the number of rows */
    static Uni<Integer> change(Mutiny.Session session, String sql, Object in) {
        return NativeSql.change(session, sql, write(in));
    }

    /** @param sql answers one row with one JSON text */
    static <T> Uni<T> read(Mutiny.Session session, String sql, Object in, Class<T> type) {
        return NativeSql.text(session, sql, write(in)).map(text -> parse(text, type));
    }

    /** Rows that a statement answers, one JSON text each. */
    static <T> Uni<List<T>> rows(Mutiny.Session session, String sql, Object in, Class<T> type) {
        return NativeSql.texts(session, sql, write(in))
                .map(texts -> texts.stream().map(text -> parse(text, type)).toList());
    }

    private static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Not JSON: " + value.getClass().getSimpleName(), e);
        }
    }

    private static <T> T parse(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A row must be a " + type.getSimpleName(), e);
        }
    }
}
