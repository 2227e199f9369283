-- The mappings of deleted groups that were called as new ones are, in the order of their deletion. $1 tenant, $2 ids of the new ones, $3 as many names,
-- folded
select n.id, g.id, g.name, p.id, s.name, p.role
  from unnest($2::uuid[], $3::text[]) n (id, name)
 -- One look-up by the index for each name, and for each group.
 cross join lateral (
        select g.id, g.doc ->> 'displayName' as name, g.deleted_at
          from scim.resource g
         where g.tenant = $1 and g.display_name_key = n.name and (g.type = 'Group' and g.deleted_at is not null) is true
        offset 0) g
 cross join lateral (
        select p.id, p.subscription_id, p.role from scim.mapping p where p.tenant = $1 and p.group_id = g.id offset 0) p
  left join scim.subscription s on s.tenant = $1 and s.id = p.subscription_id
 order by n.id, g.deleted_at, g.id, p.id
