-- A template. $1 tenant, $2 arguments: template
select {{template_shown}} from scim.template t where t.tenant = $1 and t.id = {{template_named}}
