-- Adds a flag. $1 tenant, $2 flag, description
with f as (
insert into scim.flag (tenant, name_key, name, description)
values ($1, scim.fold($2::jsonb ->> 'flag'), $2::jsonb ->> 'flag', $2::jsonb ->> 'description')
returning name, description, created
)
select {{flag_shown}} from f
