-- The end of a transaction that has written something: its row of activity. No row if nothing was written.
-- $1 tenant, $2 method, $3 path, $4 status, $5 the client's address, $6 microseconds until the transaction began, $7
-- the resource's name, $8 what an administrator should know about the outcome, $9 when the request came (seconds), $10
-- the row's id, $11 the token's key id, $12 the request's id, $13 and $14 the id and the type of the resource that the
-- request concerns, $15 the leniencies that it needed
{{activity_row}}
 where pg_current_xact_id_if_assigned() is not null
returning 1
