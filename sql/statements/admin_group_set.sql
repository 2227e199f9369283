-- Renames a group. $1 tenant, $2 arguments: group, displayName, project, access
select scim.admin_group_set($1, $2::jsonb)
