-- Takes away a role that nobody has. $1 tenant, $2 arguments: role
select scim.admin_role_remove($1, $2::jsonb)
