-- A group. $1 tenant, $2 arguments: group
select scim.group_json(scim.the_group($1, $2::jsonb ->> 'group'))
