-- Which accounts a condition is true of. $1 tenant, $2 arguments: template or condition with its SQL, q, limit, after
select scim.admin_template_preview($1, $2::jsonb)
