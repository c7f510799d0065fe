-- The record. Appended by one writer at a time (advisory lock), never changed.
create table audit_entry (
    seq         bigint      primary key check (seq > 0),
    event_id    uuid        not null,
    source      text        not null,
    type        text        not null,
    topic       text        not null,
    "partition" integer     not null,
    "offset"    bigint      not null,
    kind        text        not null,
    namespace   text        not null,
    name        text        not null,
    rotation    text,
    event_time  timestamptz not null,
    recorded_at timestamptz not null,
    -- Text, not jsonb: the hash covers the very bytes that were on Kafka.
    payload     text        not null,
    prev_hash   bytea       not null check (octet_length(prev_hash) = 32),
    hash        bytea       not null check (octet_length(hash) = 32)
);

-- A replay finds its row. With the topic, so that who may write one topic cannot shadow an event of another.
create unique index audit_entry_identity on audit_entry (topic, source, event_id);

-- Filtered pages in the order of the chain: each filter leads, seq follows.
create index audit_entry_namespace on audit_entry (namespace, seq);
create index audit_entry_object on audit_entry (namespace, name, seq);
create index audit_entry_rotation on audit_entry (rotation, seq) where rotation is not null;
create index audit_entry_type on audit_entry (type, seq);
create index audit_entry_time on audit_entry (event_time, seq);

-- First line: the service may append and read. Second line: nobody, not even the owner, changes or removes a row while these
-- triggers are in force, in replicas' sessions too. Third line, against who can switch triggers off: the chain itself.
revoke all on audit_entry from public;
grant select, insert on audit_entry to "${serviceRole}";

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit_entry is append-only' using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_entry_no_change before update or delete on audit_entry
    for each statement execute function refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry
    for each statement execute function refuse_change();
alter table audit_entry enable always trigger audit_entry_no_change;
alter table audit_entry enable always trigger audit_entry_no_truncate;
