-- A flag; how many have it is no part of its version. $1 tenant, $2 arguments: flag
select scim.flag_json(f) || {{flag_count}}, scim.etag(scim.flag_json(f))
  from scim.the_flag($1, $2::jsonb ->> 'flag') f
