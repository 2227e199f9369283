-- A group. $1 tenant, $2 arguments: group
select {{group_whole}} from scim.resource r where r.tenant = $1 and r.id = {{group_named}}
