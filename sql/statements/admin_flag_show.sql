-- A flag; the number of its accounts is not part of its version. $1 tenant, $2 arguments: flag
select {{flag_shown}} || {{flag_count}}, scim.etag({{flag_shown}})
  from scim.flag f
 where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')
