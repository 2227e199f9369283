-- Removes a flag from locked, deleted users. $1 tenant, $2 flag, deleted (a list of objects with an id; null: none)
update scim.resource r
   set flags = nullif(array_remove(r.flags, $2::jsonb ->> 'flag'), '{}')
 where r.tenant = $1 and r.id = any (array(select d.id from jsonb_to_recordset(nullif($2::jsonb -> 'deleted', 'null')) d (id uuid)))
