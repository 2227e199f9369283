-- $1 tenant, $2 arguments: holds
select scim.admin_hold_reject_all($1, $2::jsonb)
