-- The versions of resources that this transaction has changed.
-- $1 tenant, $2 ids
select r.id, r.version
  from scim.resource r
 where r.tenant = $1 and r.id = any ($2::uuid[])
