-- A group that was added or changed. $1 tenant, $2 id
select {{group_whole}} from scim.resource r where r.tenant = $1 and r.id = ($2::jsonb ->> 'id')::uuid
