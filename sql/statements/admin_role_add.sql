-- Makes a role. $1 tenant, $2 arguments: role, displayName
select scim.admin_role_add($1, $2::jsonb)
