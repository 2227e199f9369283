-- A template. $1 tenant, $2 arguments: template
select scim.template_json(scim.the_template($1, $2::jsonb ->> 'template'))
