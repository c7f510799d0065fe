-- Partitions of the topic of contents that this database has taken in from their beginning. A database that was lost has none:
-- the offsets of the consumer group, which Kafka keeps, do not count for it.
create table taken_in (
    topic     text        not null,
    partition int         not null,
    since     timestamptz not null default now(),
    primary key (topic, partition)
);

-- Objects whose readers were rolled by us before, but what they had in use is not known any more: a finding each.
create table lost_baseline (
    object    text primary key,
    raised_at timestamptz not null default now()
);

grant select, insert, update, delete on taken_in, lost_baseline to "${serviceRole}";
