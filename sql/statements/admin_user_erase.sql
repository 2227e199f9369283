-- Erases a deleted account. $1 tenant, $2 arguments: user
select scim.admin_user_erase($1, $2::jsonb)
