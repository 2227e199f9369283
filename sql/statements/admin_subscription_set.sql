-- Changes a subscription. $1 tenant, $2 arguments: subscription, name, description, seats, automatic
select scim.admin_subscription_set($1, $2::jsonb)
