-- Gives users that were made just now what templates have for them. $1 tenant, $2 made (a list of objects with an id)
select scim.apply_templates($1, array(select (m.value ->> 'id')::uuid from jsonb_array_elements($2::jsonb -> 'made') m))
