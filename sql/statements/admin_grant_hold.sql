-- Locks a grant. $1 tenant, $2 arguments: grant
select {{grant_shown}} as "is" from scim.access_grant a where a.tenant = $1 and a.id = scim.as_id($2::jsonb ->> 'grant') for update
