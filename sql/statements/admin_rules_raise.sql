-- Increments the version of a tenant's rules. $1 tenant
update scim.token k set rules = scim.raised(k.rules) where k.tenant = $1
