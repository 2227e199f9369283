-- Accounts that are not the same person. $1 tenant, $2 arguments: users
select scim.admin_duplicate_dismiss($1, $2::jsonb)
