-- Changes a template. $1 tenant, $2 arguments: template, and those of admin_template_add
select scim.admin_template_set($1, $2::jsonb)
