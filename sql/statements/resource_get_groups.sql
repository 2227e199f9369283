-- One resource with its groups; one row with nulls where there is none.
-- $1 to $8 authentication, $9 type, $10 id
select r.*, {{reader}}
  from {{authenticate}}
  left join lateral (
select {{record}},
       {{groups}}
  from scim.resource r
 where r.tenant = s.tenant and r.type = $9 and r.id = $10::uuid and r.deleted_at is null offset 0) r on true
