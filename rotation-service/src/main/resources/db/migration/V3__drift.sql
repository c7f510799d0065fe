-- One row per SecretRotation: when it is looked next whether its stored credential still logs in, and what was found. Who looks moves
-- due_at first, so that nobody else does; a process that dies meanwhile has put the look off by minutes.
create table drift (
    policy_uid   text primary key,
    namespace    text        not null,
    name         text        not null,
    every_millis bigint      not null,
    due_at       timestamptz not null,
    -- What the target makes of the credential, while a finding about it is open.
    found        text,
    found_at     timestamptz,
    -- Runs asked for since then: the last of them, and when the next may be.
    repairs      int         not null default 0,
    repair_at    timestamptz,
    run_id       text
);
create index drift_due on drift (due_at);

grant select, insert, update, delete on drift to "${serviceRole}";
