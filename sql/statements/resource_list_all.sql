-- A page of resources of several types, by type and creation, those types that are named with their members or groups. A
-- filter's condition takes the place of `true /* filter */`; its own parameters follow the others; what it is sorted by
-- takes the place of `/* sort */`.
-- $1 tenant, $2 types, $3 how many, $4 how many to skip, $5 base URL, $6 types with members, $7 types with groups
select {{record}},
       case when r.type = any ($6::text[]) then
       {{members}}
       when r.type = any ($7::text[]) then
       {{groups}}
       end,
       r.type
  from scim.resource r, (values ($5::text)) b (base)
 where r.tenant = $1 and r.type = any ($2::text[]) and r.deleted_at is null and true /* filter */
 order by /* sort */ r.type, r.id
 limit $3::bigint offset $4::bigint
