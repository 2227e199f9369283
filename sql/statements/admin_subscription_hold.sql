-- Locks a subscription. $1 tenant, $2 arguments: subscription
select {{subscription_shown}} as "is" from scim.subscription s where s.tenant = $1 and s.id = {{subscription_named}} for update
