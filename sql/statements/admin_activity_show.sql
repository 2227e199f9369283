-- One request with its body. $1 tenant, $2 arguments: activity
select scim.admin_activity_show($1, $2::jsonb)
