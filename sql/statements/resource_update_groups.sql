-- Replaces the document of a resource that this transaction has locked.
-- $1 tenant, $2 type, $3 id, $4 document, $5 names of the members that stay the same, for the audit log; empty: it is to find out
-- $6 what the request says of roles (scim.role_after)
update scim.resource r
   set doc = $4::jsonb, version = r.version + 1, last_modified = now()
  from (select n.nests from scim.tenant n where n.tenant = $1) k
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and set_config('scim.same', $5, true) || set_config('scim.roles', $6, true) is not null
returning {{record}},
          {{groups}}
