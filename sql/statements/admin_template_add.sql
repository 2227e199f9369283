-- Makes a template. $1 tenant, $2 arguments: name, priority, condition with its SQL, role, groups, subscriptions, flags
select scim.admin_template_add($1, $2::jsonb)
