-- Locks a mapping. $1 tenant, $2 arguments: mapping
select {{mapping_shown}} as "is" from scim.mapping p where p.tenant = $1 and p.id = scim.as_id($2::jsonb ->> 'mapping') for update
