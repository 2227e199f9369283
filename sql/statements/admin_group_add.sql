-- Makes a group. $1 tenant, $2 arguments: displayName, kind, project, access
select scim.admin_group_add($1, $2::jsonb)
