-- Of two plans the one that was made from a later reading is the newer, whatever the clocks of those who made them say.
alter table plan add decision bigint not null default 0;
update plan set decision = older.place
  from (select id, row_number() over (order by started_at) - count(*) over () as place from plan) older
 where plan.id = older.id;
-- A version before this one, beside this one for a while, numbers its plans so.
alter table plan alter decision set default nextval('decision');

-- Roll-outs that a plan began, or may have begun, and of which nobody has seen the end: no patch that was decided later is known to
-- have arrived. Asked for by the workload, whatever plan it is.
create index plan_item_open on plan_item (workload_uid)
 where state in ('PATCHING', 'PATCHED') or state = 'PENDING' and in_doubt;
create index plan_item_workload on plan_item (workload_uid);

create view begun as
select i.workload_uid, to_jsonb(i) as item, p.id as plan, p.state, p.publication,
       array(select o.object from plan_object o where o.plan_id = p.id) as objects
  from plan_item i join plan p on p.id = i.plan_id
 where (i.state in ('PATCHING', 'PATCHED') or i.state = 'PENDING' and i.in_doubt)
   and p.state in ('RUNNING', 'FAILED')
   and not exists (
        select from plan_item n
         where n.workload_uid = i.workload_uid and n.state in ('PATCHED', 'HEALTHY', 'LEFT_TO_OWNER')
           and cast(n.in_use #>> '{0,decision}' as bigint) > coalesce(cast(i.in_use #>> '{0,decision}' as bigint), p.decision));

grant select on begun to "${serviceRole}";
