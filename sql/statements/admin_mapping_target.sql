-- The target of a mapping, locked so that it stays, and whether the mapping exists already. $1 tenant, $2 arguments:
-- group, subscription, role
with s as materialized (
    select x.id, x.name from scim.subscription x where x.tenant = $1 and x.id = {{subscription_named}} for key share
), r as materialized (
    select {{role_named}} as role
), g as materialized (
    select {{group_named}} as id
)
select (select s.id::text from s) as "subscriptionId", (select s.name from s) as subscription, (select r.role from r) as role,
       $2::jsonb ->> 'subscription' is not null and not exists (select from s) as "noSubscription",
       $2::jsonb ->> 'role' is not null and (select r.role from r) is null as "noRole",
       (select true from scim.tenant t where t.tenant = $1 and (select r.role from r) = any (t.reserved_roles) for share) as reserved,
       (select true
          from scim.mapping p
         where p.tenant = $1 and p.group_id = (select g.id from g) and p.subscription_id = (select s.id from s)) as "mappedSubscription",
       (select true from scim.mapping p where p.tenant = $1 and p.group_id = (select g.id from g) and p.role = (select r.role from r)) as "mappedRole",
       scim.time_text(now()) as created
