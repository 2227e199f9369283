-- $1 tenant, $2 type, $3 id, $4 document
insert into scim.resource as r (tenant, type, id, doc)
values ($1, $2, $3::uuid, $4::jsonb)
returning {{record}},
       null::text,
       false
