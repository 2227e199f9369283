-- Makes a provisioned account a local one. $1 tenant, $2 arguments: user
select scim.admin_user_convert($1, $2::jsonb)
