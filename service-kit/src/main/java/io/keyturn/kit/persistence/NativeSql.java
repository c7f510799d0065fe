package io.keyturn.kit.persistence;

import java.util.ArrayList;
import java.util.List;

import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.hibernate.reactive.mutiny.impl.MutinySessionImpl;
import org.hibernate.reactive.pool.ReactiveConnection;

/**
 * Statements in PostgreSQL's own words ({@code $1}, {@code $2} …) on the connection of a session, and so in its transaction. They pass
 * by Hibernate's queries, which interpret, plan and map anew what is a text with parameters and answers texts (docs/adr/0025). What
 * was persisted in the session and not flushed yet is not seen by them.
 */
public final class NativeSql {
    private NativeSql() {}

    /** How many rows were changed. */
    public static Uni<Integer> change(Mutiny.Session session, String sql, Object... parameters) {
        return Uni.createFrom().completionStage(() -> connection(session).update(sql, parameters));
    }

    /** The first column of each row, a text. */
    public static Uni<List<String>> texts(Mutiny.Session session, String sql, Object... parameters) {
        return Uni.createFrom()
                .completionStage(() -> connection(session).select(sql, parameters))
                .map(NativeSql::firstColumn);
    }

    /** The first column of the one row that there is. */
    public static Uni<String> text(Mutiny.Session session, String sql, Object... parameters) {
        return texts(session, sql, parameters).map(List::getFirst);
    }

    private static ReactiveConnection connection(Mutiny.Session session) {
        return ((MutinySessionImpl) session).getReactiveConnection();
    }

    private static List<String> firstColumn(ReactiveConnection.Result rows) {
        var texts = new ArrayList<String>(rows.size());
        rows.forEachRemaining(row -> texts.add((String) row[0]));
        return texts;
    }
}
