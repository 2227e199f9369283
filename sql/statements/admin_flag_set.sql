-- Changes the description of a flag. $1 tenant, $2 flag, description
with f as (
update scim.flag f set description = $2::jsonb ->> 'description' where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')
returning f.name, f.description, f.created
)
select {{flag_shown}} from f
