-- Describes a flag. $1 tenant, $2 flag, description
update scim.flag f set description = $2::jsonb ->> 'description' where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')
returning {{flag_shown}}
