-- Archives a group. $1 tenant, $2 arguments: group
select scim.admin_group_remove($1, $2::jsonb)
