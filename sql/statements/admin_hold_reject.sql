-- $1 tenant, $2 arguments: hold
select scim.admin_hold_reject($1, $2::jsonb)
