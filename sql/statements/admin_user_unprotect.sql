-- Leaves an account to provisioning again. $1 tenant, $2 arguments: user
select scim.admin_user_unprotect($1, $2::jsonb)
