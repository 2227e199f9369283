-- Names that do not exist in any tenant: their positions in the lists. $1 the kinds (scim-user and so on), $2 the
-- names, folded
with found (kind, name) as materialized (
    select 'scim-user', r.user_name_key collate "C"
      from scim.tenant t
      join scim.resource r on r.tenant = t.tenant and r.user_name_key = any ($2::text[]) and r.type = 'User' and r.deleted_at is null
     union
    select 'scim-group', r.group_name_key collate "C"
      from scim.tenant t
      join scim.resource r on r.tenant = t.tenant and r.group_name_key = any ($2::text[]) and r.type = 'Group' and r.deleted_at is null
     union
    select 'scim-role', scim.fold(r.doc ->> 'value') collate "C"
      from scim.tenant t
      join scim.resource r on r.tenant = t.tenant and r.type = 'Role' and r.wire and scim.fold(r.doc ->> 'value') collate "C" = any ($2::text[])
     union
    select 'scim-entitlement', s.name_key collate "C" from scim.tenant t join scim.subscription s on s.tenant = t.tenant and s.name_key = any ($2::text[])
     union
    select 'scim-flag', f.name_key collate "C" from scim.tenant t join scim.flag f on f.tenant = t.tenant and f.name_key = any ($2::text[])
)
select n.place::int
  from unnest($1::text[], $2::text[]) with ordinality n (kind, name, place)
 where not exists (select from found f where f.kind = n.kind and f.name = n.name)
 order by n.place
