-- Takes a member out of a group. $1 tenant, $2 arguments: group, member
select scim.admin_group_remove_member($1, $2::jsonb)
