-- How many accounts a condition is true of. $1 tenant, $2 arguments: template or condition with its SQL
select scim.admin_template_count($1, $2::jsonb)
