-- Whether a deleted user was active when it was deleted, according to the audit log. $1 tenant, $2 arguments: user
select (select (a.before ->> 'active')::boolean
          from scim.audit a
         where a.tenant = $1 and a.object_id = u.id and a.action = 'delete'
         order by a.id desc
         limit 1) as "wasActive"
  from (select {{user_named}}::text as id offset 0) u
