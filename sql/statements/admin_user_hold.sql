-- Locks a user. $1 tenant, $2 arguments: user
select r.id::text as "userId", r.doc ->> 'userName' as "userName", r.deleted_at is not null as deleted
  from scim.resource r
 where r.tenant = $1 and r.id = (select {{user_named}})
   for update
