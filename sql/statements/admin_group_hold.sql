-- Locks a group. $1 tenant, $2 arguments: group
select {{group_whole}} as "is", r.doc as was, r.deleted_at is not null as "isArchived", r.source = 'scim' as "isProvisioned", r.source = 'application' as "isApplication"
  from scim.resource r
 where r.tenant = $1 and r.id = {{group_named}}
   for update
