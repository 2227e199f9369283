-- Removes members from a group. $1 tenant, $2 id, lost (a list of ids; null: none)
delete from scim.membership m
 where m.tenant = $1 and m.group_id = ($2::jsonb ->> 'id')::uuid
   and m.member_id = any (array(select l.value::uuid from jsonb_array_elements_text(nullif($2::jsonb -> 'lost', 'null')) l))
