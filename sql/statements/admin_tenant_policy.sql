-- What a policy gives from now on is given since now. $1 tenant, $2 syncPolicy
select scim.choose_policy($1, $2::jsonb ->> 'syncPolicy')
