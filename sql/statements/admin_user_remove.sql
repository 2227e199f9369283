-- Deletes a local account. $1 tenant, $2 arguments: user
select scim.admin_user_remove($1, $2::jsonb)
