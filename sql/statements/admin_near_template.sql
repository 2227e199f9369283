-- The templates of a tenant, in their order. $1 tenant, $2 a name
select x.name from scim.template x where x.tenant = $1 and $2::text is not null order by x.priority, x.id limit 21
