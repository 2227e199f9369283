-- Deletes a mapping. $1 tenant, $2 id
with {{grounds_raised}}
delete from scim.mapping p where p.tenant = $1 and p.id = ($2::jsonb ->> 'id')::uuid
