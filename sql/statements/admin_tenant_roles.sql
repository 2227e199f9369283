-- Gives a new tenant the built-in roles. $1 tenant
select scim.add_built_in_roles($1) where not exists (select from scim.resource r where r.tenant = $1 and r.type = 'Role' and r.wire limit 1)
