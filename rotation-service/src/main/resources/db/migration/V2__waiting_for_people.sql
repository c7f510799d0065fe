-- A run that waits for an approval has not begun either: an emergency need not wait for it.
drop index rotation_active;
create unique index rotation_active on rotation (policy_uid)
    where finished_at is null and phase not in ('Requested', 'AwaitingApproval');

-- How often a run has paused: who lets it go on says from which pause, so that one word is heard once.
alter table rotation add column pauses int not null default 0;
