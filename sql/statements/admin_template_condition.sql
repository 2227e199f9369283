-- The condition of a template, as it is executed. $1 tenant, $2 arguments: template
select t.condition_sql, t.condition_params::text from scim.template t where t.tenant = $1 and t.id = {{template_named}}
