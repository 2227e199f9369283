-- Refuses a tenant that does not exist, or that the administrator may not see.
-- $1 tenant
select case
           when not exists (select from scim.tenant t where t.tenant = $1::text)
               then scim.fail('SC404', null, format('There is no tenant "%s"; create it first or correct the name.', $1::text))
       end
