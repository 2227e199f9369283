-- A page of resources of several types, by type and creation, with members or groups for the types that are named; a
-- row for each batch of members, and one row with nulls if there is none. A condition fills `filter`, and its
-- parameters follow the others. Another order fills `order`; its key, an additional column, fills `key` and `its_key`.
-- $1 to $7 authentication, $8 types, $9 how many, $10 how many to skip, $11 types with members, $12 types with groups
select r.*, {{reader}}
  from (select) s
  {{token}}
  left join lateral (
select {{record_piece}},
       p.list,
       r.type,
       case when p.n = 1 and r.type = any ($12::text[]) then
       {{groups}}
       end{{its_key=}}
  from (
select r.tenant, r.type, {{record}}{{key=}}
  from scim.resource r
 where r.tenant = $1 and k.tenant is not null and r.type = any ($8::text[]) and r.wire and {{filter=true}}
 {{order=order by r.type, r.id}}
 limit $9::bigint offset $10::bigint) r
 cross join lateral (select case when r.type = any ($11::text[]) then r.id end) g (id)
 cross join lateral
       {{members}} p) r on true
