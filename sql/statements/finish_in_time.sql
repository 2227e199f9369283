-- The statements `finish` and `deadline` in one, which Citus does not allow: there, RETURNING must not depend on the
-- time.
-- $1 to $15 as in the statement `finish`
{{activity_row}}
 where pg_current_xact_id_if_assigned() is not null
returning {{in_time}}
