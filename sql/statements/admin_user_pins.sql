-- The access that a locked user has from policy, groups and login, and from no source that it keeps when it is
-- protected: since when, and with `joined`, its place among accounts with the same time. As in scim.access. $1 tenant,
-- $2 arguments: user
select o.pins
  from (select $1::text as tenant) s
  join scim.tenant t on t.tenant = $1
 cross join lateral (select x.* from scim.resource x where x.tenant = $1 and x.id = (select {{user_named}}) offset 0) r
 cross join lateral (
       select jsonb_agg(jsonb_build_object('subscriptionId', b.subscription_id, 'subscription', n.name, 'role', b.role, 'since', b.since,
                                           'joined', b.joined) order by b.role is not null, b.subscription_id, b.role) as pins
         from (select d.subscription_id, d.role, min(d.since) as since, (min(array [d.since, d.joined])) [2] as joined
                 from (select u.id as subscription_id, null::text as role, greatest(scim.id_time(r.id), u.automatic_since) as since,
                              scim.id_time(r.id) as joined, false as stays
                         from scim.subscription u
                        where t.sync_policy = 'all' and r.source = 'scim' and r.wire and u.tenant = $1 and u.automatic
                        union all
                       select p.subscription_id, p.role, greatest(m.since, p.since), m.added, false
                         from {{facts_groups_above}}
                        cross join lateral (
                              select p.subscription_id, p.role, p.since from scim.mapping p
                               where p.tenant = $1 and p.group_id = m.group_id offset 0) p
                        cross join lateral (
                              select from scim.resource g
                               where g.tenant = $1 and g.id = m.group_id and g.type = 'Group' and g.deleted_at is null offset 0) g
                        where t.sync_policy = 'groups'
                        union all
                       select a.subscription_id, a.role, a.granted, a.joined, a.source <> 'login'
                         from {{facts_grants}}
                        where a.source <> 'login' or t.sync_policy = 'manual' or r.source <> 'scim'
                        union all
                       select null, coalesce(r.role, t.default_role), r.created, r.created, true) d
                group by d.subscription_id, d.role
               having not bool_or(d.stays)) b
         left join lateral (
               select n.name from scim.subscription n where n.tenant = $1 and n.id = b.subscription_id offset 0) n on true
        where r.active and r.protected is null) o
