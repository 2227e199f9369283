-- One resource with its groups; one row with nulls if there is none.
-- $1 to $7 authentication, $8 type, $9 id
-- "is true" hides the condition on the type from the planner, which then uses the primary key, the fastest index.
select r.*, {{reader}}
  from (select) s
  {{token}}
  left join lateral (
select {{record}},
       {{groups}}
  from scim.resource r
 where r.tenant = $1 and k.tenant is not null and (r.type = $8) is true and r.id = $9::uuid and r.wire offset 0) r on true
