-- The mappings of the last deleted group that had the name of a new group and has mappings. $1 tenant, $2 ids of the
-- new ones, $3 as many names, folded
select n.id, g.id, g.name, p.id, s.name, p.role
  from unnest($2::uuid[], $3::text[]) n (id, name)
 -- One look-up by the index for each name; once a group is found, the mappings of groups that were deleted earlier are
 -- not read.
 cross join lateral (
        select d.id, d.name
          from (select g.id, g.doc ->> 'displayName' as name, g.deleted_at
                  from scim.resource g
                 where g.tenant = $1 and g.display_name_key = n.name and (g.type = 'Group' and g.deleted_at is not null) is true
                 order by g.deleted_at desc, g.id desc
                offset 0) d
         where (select true from scim.mapping p where p.tenant = $1 and p.group_id = d.id limit 1)
         order by d.deleted_at desc, d.id desc
         limit 1) g
 cross join lateral (
        select p.id, p.subscription_id, p.role from scim.mapping p where p.tenant = $1 and p.group_id = g.id offset 0) p
  left join scim.subscription s on s.tenant = $1 and s.id = p.subscription_id
 order by n.id, p.id
