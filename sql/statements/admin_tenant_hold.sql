-- Locks a tenant. $1 tenant
select scim.tenant_json(t) as "is" from scim.tenant t where t.tenant = $1 for no key update
