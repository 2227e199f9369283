-- The people who lose access by this transaction: accounts that were deactivated or deleted, and members of groups
-- that were removed or whose group was archived; the first hundred. $1 tenant, $2 the number from which the audit log
-- has the transaction's entries, $3 the transaction's id
select array(select distinct x.id
               from (select scim.as_id(a.object_id) as id
                       from scim.audit a
                      where a.tenant = $1 and a.id >= $2::bigint and a.xid = $3::xid8 and a.object_type = 'User' and a.weight + a.logins > 0
                      union all
                     select m.value::uuid
                       from scim.audit a
                      cross join lateral jsonb_array_elements_text(a.before -> 'members') m
                      where a.tenant = $1 and a.id >= $2::bigint and a.xid = $3::xid8 and a.action = 'remove-members' and a.weight > 0
                      union all
                     select m.member_id
                       from (select scim.as_id(a.object_id) as id
                               from scim.audit a
                              where a.tenant = $1 and a.id >= $2::bigint and a.xid = $3::xid8 and a.object_type = 'Group' and a.action = 'delete'
                                and a.weight > 0 offset 0) g
                       join scim.membership m on m.tenant = $1 and m.group_id = g.id and m.member_type = 'User'
                      limit 100) x)::text
