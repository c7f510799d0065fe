-- An emergency waits for this run, which has begun: it leaves the old value no time any more, and does not wait for a person.
alter table rotation add hastened boolean not null default false;
