-- The accounts with a source of a subscription, even if they wait for a seat, if they are few; the groups that give
-- it, and whether policy gives it to everybody. $1 tenant, $2 arguments: subscription
with s as materialized (
    select {{subscription_named}} as id
), found as materialized (
    select count(*) as n, coalesce(array_agg(distinct x.user_id), array[]::uuid[]) as ids
      from s
     cross join lateral (select g.user_id from scim.ground g where g.tenant = $1 and g.subscription_id = s.id limit {{user_few}} + 1) x
)
select f.n, case when f.n <= {{user_few}} then f.ids::text end as ids, s.id::text as subscription,
       exists (select from scim.reach_all a where a.tenant = $1 and a.subscription_id = s.id) as everybody,
       array(select d.via from scim.reach_direct d where d.tenant = $1 and d.subscription_id = s.id
              union
             select d.via from scim.reach_nested d where d.tenant = $1 and d.subscription_id = s.id)::text as groups
  from found f, s
