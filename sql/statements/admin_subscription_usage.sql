-- How many have a subscription, and how many wait for a seat. $1 tenant, $2 arguments: subscription
select scim.subscription_usage($1, scim.the_subscription($1, $2::jsonb ->> 'subscription'))
