-- The end of a window of a Bulk request that has written something: the request's row, with the outcome that the
-- request is not finished.
-- $1 to $15 as in the statement `finish`
{{activity_row}}
 where pg_current_xact_id_if_assigned() is not null
{{activity_again}}
