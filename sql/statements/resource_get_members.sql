-- One resource with its members, a row for each piece of them; one row with nulls where there is none.
-- $1 to $7 authentication, $8 type, $9 id, $10 versions (bigint[], may be null) of which no members are wanted
-- "is true" hides the type from the planner, which takes the primary key then, the quickest to search.
select r.*, {{reader}}
  from (select) s
  {{token}}
  left join lateral (
select {{record_piece}},
       p.list
  from scim.resource r
 cross join lateral (select case when r.version = any ($10::bigint[]) then null else r.id end) g (id)
 cross join lateral
       {{members}} p
 where r.tenant = $1 and k.tenant is not null and (r.type = $8) is true and r.id = $9::uuid and r.wire offset 0) r on true
