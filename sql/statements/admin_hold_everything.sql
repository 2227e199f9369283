-- Lets all requests of the tenant pass for a while, if the administrator asked for that. $1 tenant, $2 everything,
-- until
update scim.tenant t
   set guard_until = ($2::jsonb ->> 'until')::timestamptz
 where t.tenant = $1 and ($2::jsonb ->> 'everything')::boolean
