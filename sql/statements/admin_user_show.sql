-- An account. $1 tenant, $2 arguments: user
select scim.user_json(scim.the_user($1, $2::jsonb ->> 'user'))
