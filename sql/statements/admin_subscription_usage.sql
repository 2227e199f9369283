-- How many have a subscription, and how many wait for a seat. $1 tenant, $2 arguments: subscription
with s as materialized (
    select x.* from scim.subscription x where x.tenant = $1 and x.id = {{subscription_named}}
), via as materialized (
    select d.via from s join scim.reach_direct d on d.tenant = $1 and d.subscription_id = s.id
     union
    select d.via from s join scim.reach_nested d on d.tenant = $1 and d.subscription_id = s.id
), member as not materialized (
    -- The members of these groups to which policy and groups apply: all but the few to which they do not.
    select m.member_id
      from via v
     cross join lateral (select m.member_id from scim.membership m where m.tenant = $1 and m.group_id = v.via offset 0) m
     where m.member_id not in (select r.id from scim.resource r
                                where r.tenant = $1 and r.type = 'User' and r.deleted_at is null and (not r.active or r.protected is not null))
       and m.member_id not in (select e.member_id from via w join scim.membership e on e.tenant = $1 and e.group_id = w.via and e.member_type = 'Group')
), other as materialized (
    -- Whether there is any other source.
    select exists (select from s join scim.reach_all a on a.tenant = $1 and a.subscription_id = s.id)
           or exists (select from s join scim.access_grant a on a.tenant = $1 and a.subscription_id = s.id) as any
), counted as materialized (
    select case when not o.any and (select count(*) from via) < 2
                then coalesce((select scim.steered_members($1, v.via) from via v), (select count(*) from member))
                when not o.any then (select count(distinct m.member_id) from member m)
                else (select count(distinct g.user_id) from s join scim.ground g on g.tenant = $1 and g.subscription_id = s.id) end as n
      from other o
)
select jsonb_build_object('id', s.id, 'name', s.name, 'seats', s.seats, 'entitled', c.n, 'seated', least(c.n, s.seats),
                          'waiting', c.n - least(c.n, s.seats))
  from s
 cross join counted c
