-- A patch of an earlier plan may have arrived although that is recorded nowhere. Where the same content is still due, hash and in_use
-- of a pending item are those of that patch: it is repeated as it is.
alter table plan_item add in_doubt boolean not null default false;

-- Patches of two plans can be recorded in another order than they were decided in: a later decision knows newer contents.
create sequence decision;
alter table baseline add decision bigint not null default 0;

grant usage, select on sequence decision to "${serviceRole}";
