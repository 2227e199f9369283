-- The user that an operation about access names. $1 tenant, $2 arguments: user
select u.id::text as "userId", u.doc ->> 'userName' as "userName", not u.active as inactive,
       to_char(u.deleted_at at time zone 'UTC', 'YYYY-MM-DD') as "deletedOn"
  from scim.resource u
 where u.tenant = $1 and u.id = {{user_named}}
