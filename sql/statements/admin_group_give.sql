-- The mappings of a restored group count from now, so that its members take no seat from others. $1 tenant, $2 id
update scim.mapping p set since = now() where p.tenant = $1 and p.group_id = ($2::jsonb ->> 'id')::uuid
