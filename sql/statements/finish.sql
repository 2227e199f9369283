-- The end of a transaction that has written something: its row of activity. No row where nothing was written.
-- $1 tenant, $2 method, $3 path, $4 status, $5 the client's address, $6 microseconds until the transaction began, $7 what the resource is
-- called, $8 what an administrator should know of the outcome, $9 the attribute of $7, $10 when the request came (microseconds), $11 the
-- row's id, $12 the body's fingerprint
{{activity_row}}
 where case
           when pg_current_xact_id_if_assigned() is null then false
           when scim.concerns('w') then scim.watch($1, $2::text, $3::text, $12)
           else true
       end
