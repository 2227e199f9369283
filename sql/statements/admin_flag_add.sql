-- Makes a flag. $1 tenant, $2 flag, description
insert into scim.flag as f (tenant, name_key, name, description)
values ($1, scim.fold($2::jsonb ->> 'flag'), $2::jsonb ->> 'flag', $2::jsonb ->> 'description')
returning {{flag_shown}}
