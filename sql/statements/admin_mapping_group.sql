-- The group to map, locked so that it stays. $1 tenant, $2 arguments: group
select g.id::text as "groupId", g.doc ->> 'displayName' as "group", to_char(g.deleted_at at time zone 'UTC', 'YYYY-MM-DD') as "archivedOn"
  from scim.resource g
 where g.tenant = $1 and g.id = {{group_named}}
   for key share
