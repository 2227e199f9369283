-- Locks resources that are going to be changed one by one, in the order of their ids: two transactions that do so wait for each
-- other and do not deadlock. What is not there is not missed here.
-- $1 tenant, $2 ids
select true
  from scim.resource r
 where r.tenant = $1 and r.id = any ($2::uuid[])
 order by r.id
   for no key update
