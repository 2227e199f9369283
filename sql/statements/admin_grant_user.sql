-- The user to whom something is granted, locked so that it stays. $1 tenant, $2 arguments: user
select r.id::text as "userId", r.doc ->> 'userName' as "userName", to_char(r.deleted_at at time zone 'UTC', 'YYYY-MM-DD') as "deletedOn"
  from scim.resource r
 where r.tenant = $1 and r.id = (select {{user_named}})
   for key share
