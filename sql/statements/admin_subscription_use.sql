-- The use of a locked subscription: the policy, the first mapping, grant and template. $1 tenant, $2 arguments:
-- subscription
select s.automatic and (select t.sync_policy from scim.tenant t where t.tenant = $1) = 'all' as "policyGives",
       (select g.doc ->> 'displayName'
          from scim.mapping p
          join scim.resource g on g.tenant = $1 and g.id = p.group_id
         where p.tenant = $1 and p.subscription_id = s.id
         order by p.id
         limit 1) as mapped,
       (select u.doc ->> 'userName'
          from scim.access_grant a
          join scim.resource u on u.tenant = $1 and u.id = a.user_id
         where a.tenant = $1 and a.subscription_id = s.id
         order by a.granted, a.user_id
         limit 1) as granted,
       (select t.name from scim.template t where t.tenant = $1 and s.id = any (t.subscriptions) order by t.priority, t.id limit 1) as template
  from scim.subscription s
 where s.tenant = $1 and s.id = {{subscription_named}}
