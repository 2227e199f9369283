-- The end of a transaction that has changed something: its row of activity. No row where nothing has changed.
-- $1 tenant, $2 method, $3 path, $4 status, $5 the client's address, $6 microseconds until the transaction began, $7 what the resource is
-- called, $8 what an administrator should know of the outcome, $9 the body's fingerprint, $10 the attribute
-- of $7
insert into scim.activity (tenant, at, token, token_name, method, path, status, duration, request, address, object, reason)
select $1, now(), current_setting('scim.actor_key'), current_setting('scim.actor'), $2, $3, $4::int,
       $6::bigint + (extract(epoch from clock_timestamp() - now()) * 1000000)::bigint, nullif(current_setting('scim.request'), ''), $5,
       case when $7::text is not null and scim.concerns(scim.mask_trait($10::text)) then '***' else $7 end, $8
 where case when scim.concerns('w') then scim.watch($1, $2::text, $3::text, $9::text) else scim.noted() end
returning (extract(epoch from at) * 1000000)::bigint, id
