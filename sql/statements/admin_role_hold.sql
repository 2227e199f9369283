-- Locks a role. $1 tenant, $2 arguments: role
select {{role_shown}} as "is", r.doc as was, r.doc ->> 'type' = 'built-in' as "builtIn"
  from scim.resource r
 where r.tenant = $1 and r.type = 'Role' and r.wire and r.id = {{role_id}}
   for update
