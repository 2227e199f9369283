-- Whether a flag with the name exists. $1 tenant, $2 arguments: flag
select exists (select from scim.flag f where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')) as taken,
       scim.time_text(now()) as created
