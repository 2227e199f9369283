-- A page of resources in the order of their creation with their groups. A filter's condition takes the place of
-- `true /* filter */`; its own parameters follow the others; what it is sorted by takes the place of `/* sort */`.
-- $1 tenant, $2 type, $3 how many, $4 how many to skip, $5 base URL
select {{record}},
       {{groups}}
  from scim.resource r, (values ($5::text)) b (base)
 where r.tenant = $1 and r.type = $2 and r.deleted_at is null and true /* filter */
 order by /* sort */ r.id
 limit $3::bigint offset $4::bigint
