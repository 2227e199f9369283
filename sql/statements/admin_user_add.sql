-- Makes a local account. $1 tenant, $2 arguments: userName and what else is known
select scim.admin_user_add($1, $2::jsonb)
