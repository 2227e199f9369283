-- Locks and reads a resource that this transaction is going to change.
-- $1 tenant, $2 type, $3 id
select {{stored}}
  from scim.resource r
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire
   for no key update
