-- The roles of a tenant, oldest first. $1 tenant, $2 a name
select r.doc ->> 'value' from scim.resource r where r.tenant = $1 and r.type = 'Role' and r.wire and $2::text is not null order by r.id limit 21
