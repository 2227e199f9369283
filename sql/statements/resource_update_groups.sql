-- Replaces the document of a resource that this transaction has locked.
-- $1 tenant, $2 type, $3 id, $4 document
update scim.resource r
   set doc = $4::jsonb, version = r.version + 1, last_modified = now()
  from (select n.nests from scim.tenant n where n.tenant = $1) k
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid
returning {{record}},
          {{groups}}
