-- Locks a tenant, before any of its users is locked. $1 tenant
select null::text as held from scim.tenant t where t.tenant = $1 for no key update
