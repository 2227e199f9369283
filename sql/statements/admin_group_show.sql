-- A group. $1 tenant, $2 arguments: group
select scim.group_json(r) from scim.resource r where r.tenant = $1 and r.id = {{group_named}}
