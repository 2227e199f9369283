-- What an account has, and why. $1 tenant, $2 arguments: user
select scim.user_access($1, scim.the_named($1, 'User', $2::jsonb ->> 'user', 'user'))
