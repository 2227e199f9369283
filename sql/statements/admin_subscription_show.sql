-- A subscription; the number of its accounts is not part of its version. $1 tenant, $2 arguments: subscription
select {{subscription_shown}} || {{subscription_counts}}, scim.etag({{subscription_shown}})
  from scim.subscription s
 where s.tenant = $1 and s.id = {{subscription_named}}
