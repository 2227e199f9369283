-- Removes a role from locked, deleted users. $1 tenant, $2 deleted (a list of objects with an id; null: none)
update scim.resource r
   set role = null
 where r.tenant = $1 and r.id = any (array(select d.id from jsonb_to_recordset(nullif($2::jsonb -> 'deleted', 'null')) d (id uuid)))
