-- Reads a resource that this transaction is going to change, without a lock. The change is written only if the row
-- still has the value of the last column, so if nobody has changed it meanwhile (unchanged.part).
-- $1 tenant, $2 type, $3 id
select {{stored}}, r.xmin::text
  from scim.resource r
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire
