-- Accounts that may be the same person. $1 tenant, $2 arguments: q, limit, after
select scim.admin_duplicate_list($1, $2::jsonb)
