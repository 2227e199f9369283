-- Says that the rules of a tenant are others from now on. $1 tenant
update scim.token k set rules = scim.raised(k.rules) where k.tenant = $1
