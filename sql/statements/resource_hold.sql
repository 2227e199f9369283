-- Locks resources that this transaction is going to change, and the groups that deleted users leave with them, in one order for all
-- transactions: groups before users, each by id. So two of them wait for each other and do not deadlock. What is not there is not missed
-- here. "offset 0" because the index of members is to be used in a table that looks empty as well.
-- $1 tenant, $2 ids, $3 ids of those that are going to be deleted
select true
  from scim.resource r
 where r.tenant = $1
   and r.id = any ($2::uuid[] || array(
           select m.group_id
             from unnest($3::uuid[]) d(id)
            cross join lateral (select x.group_id from scim.membership x where x.tenant = $1 and x.member_id = d.id offset 0) m))
 order by r.type, r.id
   for no key update
