-- Says that the rules of a tenant are others from now on. $1 tenant
update scim.token k set rules = k.rules + 1 where k.tenant = $1
