-- Merges an account into another one. $1 tenant, $2 arguments: user, into, confirm
select scim.admin_user_merge($1, $2::jsonb)
