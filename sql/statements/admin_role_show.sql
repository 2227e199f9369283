-- A role. $1 tenant, $2 arguments: role
select scim.role_json(scim.the_role($1, $2::jsonb ->> 'role'))
