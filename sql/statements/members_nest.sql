-- Refuses the groups that this transaction has added as members if they are nested deeper than the tenant allows. A
-- statement of its own, so that it sees them: they have the time of the group's last change, if this transaction has
-- made that. now() would be wrong, because it differs on a server of a Citus cluster.
-- $1 tenant, $2 group id
select scim.keep_nesting($1, $2::uuid, n.ids)
  from (select array_agg(m.member_id order by m.member_id) as ids
          from scim.resource g
          join scim.membership m on m.tenant = $1 and m.group_id = g.id and m.member_type = 'Group' and m.added = g.last_modified
         where g.tenant = $1 and g.id = $2::uuid and pg_current_xact_id_if_assigned() is not null) n
 where n.ids is not null
