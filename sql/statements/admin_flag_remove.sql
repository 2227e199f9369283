-- Takes away a flag that no account has. $1 tenant, $2 arguments: flag
select scim.admin_flag_remove($1, $2::jsonb)
