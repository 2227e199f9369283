-- A flag. $1 tenant, $2 arguments: flag
select scim.flag_json(scim.the_flag($1, $2::jsonb ->> 'flag'))
