-- Changes an account. $1 tenant, $2 arguments: user and what is set
select scim.admin_user_set($1, $2::jsonb)
