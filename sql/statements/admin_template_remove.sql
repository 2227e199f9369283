-- Deletes a template. $1 tenant, $2 id
delete from scim.template t where t.tenant = $1 and t.id = ($2::jsonb ->> 'id')::uuid
