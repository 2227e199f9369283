-- Deletes a grant. $1 tenant, $2 id
delete from scim.access_grant a where a.tenant = $1 and a.id = ($2::jsonb ->> 'id')::uuid
