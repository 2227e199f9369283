-- The flags of a tenant. $1 tenant, $2 a name
select f.name from scim.flag f where f.tenant = $1 and $2::text is not null order by f.name_key limit 21
