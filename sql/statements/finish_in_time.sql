-- The statement `finish` and the statement `deadline` in one, which Citus does not allow: what is returned there must not depend on the time.
-- $1 to $15 as of the statement `finish`
{{activity_row}}
 where pg_current_xact_id_if_assigned() is not null
returning {{in_time}}
