-- One row per run. The state holds what is needed to go on after a crash, and no secret.
create table rotation (
    id            text primary key,
    namespace     text        not null,
    name          text        not null,
    policy_uid    text        not null,
    generation    bigint      not null default 0,
    reason        text        not null,
    based_on      text,
    spec          text,
    phase         text        not null,
    state         text        not null,
    state_since   timestamptz not null,
    tries         int         not null default 0,
    due_at        timestamptz not null,
    epoch         bigint      not null default 0,
    claimed_by    text,
    claimed_until timestamptz,
    traceparent   text,
    requested_at  timestamptz not null,
    finished_at   timestamptz,
    outcome       text,
    outcome_reason text,
    detail        text
);

-- One active run per SecretRotation; what was only requested waits its turn.
create unique index rotation_active on rotation (policy_uid) where finished_at is null and phase <> 'Requested';
create index rotation_due on rotation (due_at) where finished_at is null;
create index rotation_history on rotation (policy_uid, finished_at desc);

grant select, insert, update, delete on all tables in schema public to "${serviceRole}";
grant usage on all sequences in schema public to "${serviceRole}";
