-- One resource with its members; one row with nulls where there is none.
-- $1 to $8 authentication, $9 type, $10 id, $11 base URL
-- "is true" hides the type from the planner, which takes the primary key then, the quickest to search.
select r.*, {{reader}}
  from {{tenant_bounded}}
  {{token}}
  left join lateral (
select {{record}},
       {{members}}
  from scim.resource r, (values ($11::text)) b (base)
 where r.tenant = s.tenant and (r.type = $9) is true and r.id = $10::uuid and r.deleted_at is null offset 0) r on true
