-- One resource with its members, a row for each piece of them; one row with nulls where there is none.
-- $1 to $8 authentication, $9 type, $10 id, $11 versions (bigint[], may be null) of which no members are wanted
-- "is true" hides the type from the planner, which takes the primary key then, the quickest to search.
select r.*, {{reader}}
  from {{tenant_bounded}}
  {{token}}
  left join lateral (
select {{record_piece}},
       p.list
  from scim.resource r
 cross join lateral (select case when r.version = any ($11::bigint[]) then null else r.id end) g (id)
 cross join lateral
       {{members}} p
 where r.tenant = s.tenant and (r.type = $9) is true and r.id = $10::uuid and r.deleted_at is null offset 0) r on true
