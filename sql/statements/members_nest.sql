-- Refuses that the groups which this transaction has made members stand in one another deeper than the tenant allows. A statement of its own:
-- it sees them.
-- $1 tenant, $2 group id
select scim.keep_nesting($1, $2::uuid, n.ids)
  from (select array_agg(m.member_id order by m.member_id) as ids
          from scim.membership m
         where m.tenant = $1 and m.group_id = $2::uuid and m.member_type = 'Group' and m.added = now()) n
 where n.ids is not null
