-- One resource with its members.
-- $1 tenant, $2 type, $3 id, $4 base URL
select {{record}},
       {{members}}
  from scim.resource r, (values ($4::text)) b (base)
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.deleted_at is null
