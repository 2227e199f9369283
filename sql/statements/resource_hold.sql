-- Locks the resources that this transaction will change, and the groups that deleted users leave, in the same order in
-- all transactions: groups before users, each by id. So two transactions wait for each other and do not deadlock.
-- Missing resources are not an error here. "offset 0" because each is looked up by its key, whatever the statistics say
-- of the table.
-- $1 tenant, $2 ids, $3 ids of those that are going to be deleted
select l.held
  from (select r.type, r.id
          from unnest($2::uuid[] || array(
                   select m.group_id
                     from unnest($3::uuid[]) d(id)
                    cross join lateral (select x.group_id from scim.membership x where x.tenant = $1 and x.member_id = d.id offset 0) m)) w(id)
         cross join lateral (select x.type, x.id from scim.resource x where x.tenant = $1 and x.id = w.id offset 0) r
         order by r.type, r.id) o
 cross join lateral (select true as held from scim.resource x where x.tenant = $1 and x.id = o.id offset 0 for no key update) l
