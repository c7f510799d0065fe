-- The publication whose content was presumed to be in use without proof; a further stamp by the same run says that it is not.
alter table baseline add doubt text;
