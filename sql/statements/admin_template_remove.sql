-- Takes a template away. $1 tenant, $2 arguments: template
select scim.admin_template_remove($1, $2::jsonb)
