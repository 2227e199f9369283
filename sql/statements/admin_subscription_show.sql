-- A subscription; how many have it is no part of its version. $1 tenant, $2 arguments: subscription
select scim.subscription_json(s) || {{subscription_counts}}, scim.etag(scim.subscription_json(s))
  from scim.the_subscription($1, $2::jsonb ->> 'subscription') s
