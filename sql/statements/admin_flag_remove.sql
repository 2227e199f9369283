-- Deletes a flag. $1 tenant, $2 flag
delete from scim.flag f where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')
