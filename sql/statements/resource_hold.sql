-- Locks resources that this transaction is going to change, and the groups that deleted users leave with them, in one order for all
-- transactions: groups before users, each by id. So two of them wait for each other and do not deadlock. What is not there is not missed
-- here.
-- $1 tenant, $2 ids, $3 ids of those that are going to be deleted
select true
  from scim.resource r
 where r.tenant = $1
   and r.id = any ($2::uuid[] || array(select m.group_id from scim.membership m where m.tenant = $1 and m.member_id = any ($3::uuid[])))
 order by r.type, r.id
   for no key update
