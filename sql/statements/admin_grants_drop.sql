-- Deletes grants. $1 tenant, $2 withdrawn: a list of objects with an id
delete from scim.access_grant a
 where a.tenant = $1 and a.id = any (array(select (w.value ->> 'id')::uuid from jsonb_array_elements($2::jsonb -> 'withdrawn') w))
