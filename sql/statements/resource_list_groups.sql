-- A page of resources in the order of their creation with their groups; one row with nulls if there is none. A
-- condition fills `filter`, and its parameters follow the others. Another order fills `order`; its key, an additional
-- column, fills `key` and `its_key`. The groups are read only for the page, and not for the skipped rows.
-- $1 to $7 authentication, $8 type, $9 how many, $10 how many to skip
select {{record}},
       {{groups}}{{its_key=}},
       {{reader}}
  from (select) s
  {{token}}
  left join lateral (
select r.tenant, {{record}}{{key=}}
  from scim.resource r
 where r.tenant = $1 and k.tenant is not null and r.type = $8 and r.wire and {{filter=true}}
 {{order=order by r.id}}
 limit $9::bigint offset $10::bigint) r on true
