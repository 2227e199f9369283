-- The end of a transaction that has changed something: its row of activity. No row where nothing has changed.
-- $1 tenant, $2 method, $3 path, $4 status, $5 the client's address, $6 microseconds until the transaction began, $7 what the resource is
-- called, $8 what an administrator should know of the outcome, $9 the attribute of $7, $10 the body's fingerprint
{{activity_row}}
 where case when scim.concerns('w') then scim.watch($1, $2::text, $3::text, $10::text) else scim.noted() end
returning (extract(epoch from at) * 1000000)::bigint, id
