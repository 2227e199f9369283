-- Refuses that the groups which this transaction has made members stand in one another deeper than the tenant allows. A statement of its own:
-- it sees them. They are those that were added with the group's last change, where this transaction has made one: by the group's own time, since
-- now() is another one on a server of a Citus cluster.
-- $1 tenant, $2 group id
select scim.keep_nesting($1, $2::uuid, n.ids)
  from (select array_agg(m.member_id order by m.member_id) as ids
          from scim.resource g
          join scim.membership m on m.tenant = $1 and m.group_id = g.id and m.member_type = 'Group' and m.added = g.last_modified
         where g.tenant = $1 and g.id = $2::uuid and pg_current_xact_id_if_assigned() is not null) n
 where n.ids is not null
