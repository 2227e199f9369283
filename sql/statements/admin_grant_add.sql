-- Grants a subscription to an account. $1 tenant, $2 arguments: user, subscription
select scim.admin_grant_add($1, $2::jsonb)
