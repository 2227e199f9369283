-- Brings a deleted account back. $1 tenant, $2 arguments: user
select scim.admin_user_restore($1, $2::jsonb)
