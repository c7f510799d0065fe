-- The last run that counts is asked for with each request. Those that were refused as stale may be many, for anybody may ask.
create index rotation_last on rotation (policy_uid, finished_at desc)
    where finished_at is not null and reason <> 'DRIFT'
      and (outcome_reason is null or outcome_reason not in ('STALE_REQUEST', 'DELETED'));
