-- Lets everything of the tenant pass for a while. $1 tenant, $2 arguments: hold, minutes
select scim.admin_hold_release($1, $2::jsonb)
