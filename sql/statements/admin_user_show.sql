-- An account. $1 tenant, $2 arguments: user
select {{user_whole}} from scim.resource r where r.tenant = $1 and r.id = {{user_named}}
