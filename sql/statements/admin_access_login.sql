-- A login that the application tells of. $1 tenant, $2 arguments: user
select scim.admin_access_login($1, $2::jsonb)
