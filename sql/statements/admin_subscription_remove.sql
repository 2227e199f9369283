-- Takes away a subscription that is not in use. $1 tenant, $2 arguments: subscription
select scim.admin_subscription_remove($1, $2::jsonb)
