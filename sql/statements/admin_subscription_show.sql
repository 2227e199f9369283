-- A subscription. $1 tenant, $2 arguments: subscription
select scim.subscription_json(scim.the_subscription($1, $2::jsonb ->> 'subscription'))
