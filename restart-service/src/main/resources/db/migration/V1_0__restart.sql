-- When this installation began: changes observed before are history, they restart nobody.
create table installation (
    only_row     boolean primary key default true check (only_row),
    installed_at timestamptz not null default now()
);
insert into installation default values;

-- The present content of each Secret and ConfigMap, as fingerprints. object = kind/namespace/name.
create table object_content (
    object           text primary key,
    uid              text           not null,
    resource_version numeric(20, 0) not null,
    incarnation      int            not null,
    fingerprints     jsonb          not null,
    publication      text,
    observed_at      timestamptz    not null
);

-- Objects whose change nobody has planned for yet: one row each, however often they change.
create table plan_trigger (
    object      text primary key,
    raised_at   timestamptz not null default now(),
    not_before  timestamptz not null default now(),
    traceparent text
);

-- What each workload was last seen to use. keys = * or the names it reads.
create table baseline (
    workload_uid text        not null,
    object       text        not null,
    workload     text        not null,
    keys         text        not null,
    content      jsonb       not null,
    since        timestamptz not null default now(),
    primary key (workload_uid, object)
);
create index baseline_object on baseline (object);

-- Plans: running ones are owned by one instance for a time; whoever finds the time over takes the plan on.
create table plan (
    id              text primary key,
    namespace       text        not null,
    object          text        not null,
    publication     text,
    state           text        not null check (state in ('RUNNING', 'COMPLETED', 'FAILED', 'SUPERSEDED')),
    reason          text,
    failed_workload text,
    superseded_by   text,
    max_parallel    int         not null,
    unaffected      int         not null,
    observed_at     timestamptz not null,
    started_at      timestamptz not null,
    deadline        timestamptz not null,
    finished_at     timestamptz,
    owner           text,
    owned_until     timestamptz,
    traceparent     text
);
create index plan_running on plan (owned_until) where state = 'RUNNING';
create index plan_namespace on plan (namespace, started_at);

-- The objects a plan brings to its workloads, and the content each had when the plan was made.
create table plan_object (
    plan_id     text  not null references plan on delete cascade,
    object      text  not null,
    content     jsonb not null,
    publication text,
    primary key (plan_id, object)
);
create index plan_object_object on plan_object (object);

-- hash and in_use are decided, and committed, before the patch is sent; in_use becomes the baseline once it has arrived.
create table plan_item (
    plan_id      text   not null references plan on delete cascade,
    workload_uid text   not null,
    kind         text   not null,
    namespace    text   not null,
    name         text   not null,
    wave         int    not null,
    state        text   not null
        check (state in ('PENDING', 'PATCHING', 'PATCHED', 'HEALTHY', 'LEFT_TO_OWNER', 'GONE')),
    generation   bigint not null default 0,
    hash         text,
    in_use       jsonb,
    primary key (plan_id, workload_uid)
);

-- Content that failed: not rolled to again, unless it is published anew.
create table parked (
    object      text primary key,
    content     jsonb       not null,
    publication text,
    parked_at   timestamptz not null default now()
);

-- The service changes rows, never tables; migrations may run as somebody else.
grant select, insert, update, delete on all tables in schema public to "${serviceRole}";
grant usage, select on all sequences in schema public to "${serviceRole}";
