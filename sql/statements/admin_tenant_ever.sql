-- Refuses a tenant that never existed, or that the administrator may not see: the audit log survives its tenant. $1
-- tenant
select case
           when not exists (select from scim.tenant t where t.tenant = $1::text) and not exists (select from scim.audit a where a.tenant = $1::text)
               then scim.fail('SC404', null, format('There is no tenant "%s"; create it first or correct the name.', $1::text))
       end
