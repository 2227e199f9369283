-- The position of the last group of a page. $1 tenant, $2 arguments: after (an id)
select r.display_name_key as key
  from scim.resource r
 where r.tenant = $1 and r.id = ($2::jsonb ->> 'after')::uuid and r.type = 'Group'
