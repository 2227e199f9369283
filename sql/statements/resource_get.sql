-- One resource.
-- $1 tenant, $2 type, $3 id
select {{record}},
       null::text
  from scim.resource r
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.deleted_at is null
