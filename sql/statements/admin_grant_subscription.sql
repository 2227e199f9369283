-- The subscription to grant, locked so that it stays, and whether the user already has such a grant. $1 tenant, $2
-- arguments: user, subscription
select s.id::text as "subscriptionId", s.name as subscription, scim.time_text(now()) as granted,
       (select true
          from scim.access_grant a
         where a.tenant = $1 and a.user_id = (select {{user_named}}) and a.subscription_id = s.id and a.source = 'manual') as taken
  from scim.subscription s
 where s.tenant = $1 and s.id = {{subscription_named}}
   for key share
