package io.keyturn.audit.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.audit.AuditConfig;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Pages of the record. Keyset paging by number: what is added meanwhile neither repeats nor hides an entry. */
@ApplicationScoped
class AuditSearch {
    private final Mutiny.SessionFactory sessions;
    private final AuditConfig config;

    /** The number of an entry and the size of its payload. */
    private record Sized(long seq, int bytes) {}

    AuditSearch(Mutiny.SessionFactory sessions, AuditConfig config) {
        this.sessions = sessions;
        this.config = config;
    }

    /** Numbers and sizes first, then the entries that fit: a page of the largest events does not exhaust memory. */
    Uni<EventPage> find(EventQuery query) {
        return sessions.withSession(session -> sizes(session, query).chain(found -> {
            var chosen = fitting(found, query.limit());
            var next = chosen.size() < found.size()
                    ? new Cursor(query.order(), chosen.getLast().seq()).text()
                    : null;
            return rows(session, query.order(), chosen).map(rows -> page(rows, next));
        }));
    }

    private static EventPage page(List<AuditRow> rows, @Nullable String next) {
        return new EventPage(rows.stream().map(EventView::of).toList(), next);
    }

    /** One more than asked for, to know whether there is a next page. */
    private static Uni<List<Sized>> sizes(Mutiny.Session session, EventQuery query) {
        var parameters = new LinkedHashMap<String, Object>();
        var hql = "select r.seq, octet_length(r.payload) from AuditRow r" + where(query, parameters)
                + " order by r.seq " + query.order().direction();
        var select = session.createSelectionQuery(hql, Object[].class).setMaxResults(query.limit() + 1);
        parameters.forEach(select::setParameter);
        return select.getResultList()
                .map(rows -> rows.stream()
                        .map(row -> new Sized((Long) row[0], ((Number) row[1]).intValue()))
                        .toList());
    }

    private static Uni<List<AuditRow>> rows(Mutiny.Session session, Order order, List<Sized> chosen) {
        if (chosen.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return session.createSelectionQuery(
                        "from AuditRow r where r.seq in :seqs order by r.seq " + order.direction(), AuditRow.class)
                .setParameter("seqs", chosen.stream().map(Sized::seq).toList())
                .getResultList();
    }

    /** The longest beginning within both limits; one entry at least. */
    private List<Sized> fitting(List<Sized> found, int limit) {
        var chosen = new ArrayList<Sized>();
        long bytes = 0;
        for (var entry : found) {
            bytes += entry.bytes();
            if (chosen.size() == limit
                    || !chosen.isEmpty() && bytes > config.page().maxPayloadBytes()) {
                break;
            }
            chosen.add(entry);
        }
        return chosen;
    }

    private static String where(EventQuery query, Map<String, Object> parameters) {
        var conditions = new ArrayList<String>();
        add(conditions, parameters, "r.namespace = ", "namespace", query.namespace());
        add(conditions, parameters, "r.name = ", "name", query.name());
        add(conditions, parameters, "r.rotation = ", "rotation", query.rotation());
        add(conditions, parameters, "r.type = ", "type", query.type());
        add(conditions, parameters, "r.eventTime >= ", "from", query.from());
        add(conditions, parameters, "r.eventTime < ", "to", query.to());
        add(conditions, parameters, "r.seq " + query.order().beyond() + " ", "after", query.after());
        return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    }

    private static void add(
            List<String> conditions,
            Map<String, Object> parameters,
            String condition,
            String name,
            @Nullable Object value) {
        if (value != null) {
            conditions.add(condition + ":" + name);
            parameters.put(name, value);
        }
    }
}
