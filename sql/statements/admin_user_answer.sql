-- A user that is made or changed. $1 tenant, $2 id
select scim.user_json(r::scim.resource) from (select * from scim.resource r where r.tenant = $1) r where r.id = ($2::jsonb ->> 'id')::uuid
