-- Events this service has acted on. A second delivery finds its row and changes nothing.
create table inbox (
    event_id    uuid        not null,
    source      text        not null,
    received_at timestamptz not null default now(),
    primary key (source, event_id)
);

-- Facts that are committed but not yet on Kafka. Rows are claimed because they are here, never by "id greater than the
-- last": commit order is not id order. A row leaves once the broker has acknowledged it.
create table outbox (
    id          uuid primary key,
    position    bigint generated always as identity,
    event_type  text        not null,
    payload     text        not null,
    stated_at   timestamptz not null,
    traceparent text
);
create index outbox_position on outbox (position);

-- Time-limited ownership. The epoch grows with every change of owner.
create table lease (
    name    text primary key,
    owner   text        not null,
    epoch   bigint      not null,
    expires timestamptz not null
);
