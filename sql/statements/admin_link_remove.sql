-- Deletes a link. $1 tenant, $2 id
delete from scim.link l where l.tenant = $1 and l.id = ($2::jsonb ->> 'id')::uuid
