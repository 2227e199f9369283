-- The position of the last account of a page. $1 tenant, $2 arguments: after (an id)
select r.id::text as after, scim.fold(r.doc ->> 'userName') as key
  from scim.resource r
 where r.tenant = $1 and r.id = ($2::jsonb ->> 'after')::uuid and r.type = 'User'
