-- Locks a tenant. $1 tenant
select scim.tenant_json(t::scim.tenant) as "is" from (select * from scim.tenant t where t.tenant = $1) t for no key update
