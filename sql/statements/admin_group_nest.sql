-- Refuses groups that would be nested deeper than the tenant allows. $1 tenant, $2 id, joinsGroups (a list of ids;
-- null: none)
select scim.keep_nesting($1, ($2::jsonb ->> 'id')::uuid, array(select j.value::uuid from jsonb_array_elements_text($2::jsonb -> 'joinsGroups') j))
 where jsonb_typeof($2::jsonb -> 'joinsGroups') = 'array'
