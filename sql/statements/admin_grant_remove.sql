-- Takes back a grant. $1 tenant, $2 arguments: grant
select scim.admin_grant_remove($1, $2::jsonb)
