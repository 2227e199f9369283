-- Adds members to a group. $1 tenant, $2 arguments: group, members
select scim.admin_group_add_members($1, $2::jsonb)
