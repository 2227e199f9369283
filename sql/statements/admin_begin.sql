-- The head of an administrator's operation. $1 tenant or *, $2 kind of the actor, $3 the actor, $4 id of the request,
-- $5 versions that a change is for, $6 statement timeout, $7 base URL with {tenant} where the name goes
select set_config('role', 'scim_manage', true), set_config('scim.tenant', $1::text, true),
       set_config('scim.actor_kind', $2::text, true), set_config('scim.actor', $3::text, true),
       set_config('scim.actor_key', '', true), set_config('scim.request', $4::text, true),
       set_config('scim.if_match', $5::text, true), set_config('scim.base_url', $7::text, true), set_config('statement_timeout', $6::text, true), set_config('timezone', 'UTC', true)
