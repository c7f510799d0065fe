package io.keyturn.audit.store;

/** The columns of table audit_entry in the one order in which both directions of COPY use them. */
final class AuditColumns {
    static final String COPY_IN = """
            copy audit_entry (seq, event_id, source, type, topic, "partition", "offset", kind, namespace, name, rotation,
                              event_time, recorded_at, payload, prev_hash, hash) from stdin""";

    /** Times in the canonical form; one that has none (infinity) comes out as text that cannot be read as a time. */
    static final String COPY_OUT = """
            copy (select seq, event_id, source, type, topic, "partition", "offset", kind, namespace, name, rotation,
                         to_char(event_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                         to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                         payload, encode(prev_hash, 'hex'), encode(hash, 'hex')
                    from audit_entry order by seq) to stdout""";

    static final int COUNT = 16;

    private AuditColumns() {}
}
