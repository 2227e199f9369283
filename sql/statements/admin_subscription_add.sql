-- Makes a subscription. $1 tenant, $2 arguments: name, description, seats, automatic
select scim.admin_subscription_add($1, $2::jsonb)
