-- A group. $1 tenant, $2 arguments: group
select scim.group_json(r::scim.resource) from (select * from scim.resource r where r.tenant = $1) r where r.id = {{group_named}}
