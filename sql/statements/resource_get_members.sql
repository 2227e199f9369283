-- One resource with its members, a row for each batch of them; one row with nulls if there is none.
-- $1 to $7 authentication, $8 type, $9 id, $10 versions (bigint[], may be null) for which no members are read
-- "is true" hides the condition on the type from the planner, which then uses the primary key, the fastest index.
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
