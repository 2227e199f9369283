-- One resource; one row with nulls where there is none.
-- $1 to $7 authentication, $8 type, $9 id
-- "is true" hides the type from the planner, which takes the primary key then, the quickest to search.
select r.*, {{reader}}
  from (select) s
  {{token}}
  left join lateral (
select {{record}},
       null::text
  from scim.resource r
 where r.tenant = $1 and k.tenant is not null and (r.type = $8) is true and r.id = $9::uuid and r.wire offset 0) r on true
