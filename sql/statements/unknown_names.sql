-- Names that no tenant has, of all tenants: their places in the lists. $1 the kinds (scim-user and so on), $2 the names, folded
select n.place::int
  from unnest($1::text[], $2::text[]) with ordinality n (kind, name, place)
 where not exists (
       select from scim.tenant t
        cross join lateral (
              select from scim.resource r
               where n.kind = 'scim-user' and r.tenant = t.tenant and r.user_name_key = n.name and r.type = 'User' and r.deleted_at is null
               union all
              select from scim.resource r
               where n.kind = 'scim-group' and r.tenant = t.tenant and r.group_name_key = n.name and r.type = 'Group' and r.deleted_at is null
               union all
              select from scim.resource r
               where n.kind = 'scim-role' and r.tenant = t.tenant and r.type = 'Role' and r.wire and scim.fold(r.doc ->> 'value') = n.name
               union all
              select from scim.subscription s where n.kind = 'scim-entitlement' and s.tenant = t.tenant and s.name_key = n.name
               union all
              select from scim.flag f where n.kind = 'scim-flag' and f.tenant = t.tenant and f.name_key = n.name) x)
 order by n.place
