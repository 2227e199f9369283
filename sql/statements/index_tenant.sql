-- The next tenant in the order of their names; no row if there is none. $1 a tenant's name
select t.tenant from scim.tenant t where t.tenant > $1 order by t.tenant limit 1
