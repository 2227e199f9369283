-- Calls a role otherwise. $1 tenant, $2 arguments: role, displayName
select scim.admin_role_set($1, $2::jsonb)
