-- The rules that give access in a tenant: its policy, subscriptions, mappings, and the groups whose members get what a
-- group is mapped to: the group itself, and those in it. And the objects of the names, each as `named`. Times are
-- microseconds since 1970.
-- $1 tenant, $2 groups, roles and subscriptions: lists of names
with found as materialized (
    select n.name as named, x.id, x.doc ->> 'displayName' as name, to_char(x.deleted_at at time zone 'UTC', 'YYYY-MM-DD') as archived
      from jsonb_array_elements_text($2::jsonb -> 'groups') n (name)
     cross join lateral (select {{group_found}} as id offset 0) f
      join scim.resource x on x.tenant = $1 and x.id = f.id
), mapped as materialized (
    select p.group_id as id from scim.mapping p where p.tenant = $1
     union
    select f.id from found f
), alive as materialized (
    -- One look-up by the key for each mapping.
    select m.id
      from mapped m
     cross join lateral (
            select true as it
              from scim.resource g
             where g.tenant = $1 and g.id = m.id and (g.type = 'Group' and g.deleted_at is null) is true
            offset 0) g
), nested as materialized (
    with recursive down (group_id, via, since) as (
        select e.group_id, e.member_id, e.added
          from scim.tenant t
          join scim.membership e on e.tenant = $1 and e.member_type = 'Group'
         where t.tenant = $1 and t.nests and e.group_id in (select a.id from alive a)
         union
        select d.group_id, e.member_id, greatest(d.since, e.added)
          from down d
          join scim.resource v on v.tenant = $1 and v.id = d.via and v.deleted_at is null
          join scim.membership e on e.tenant = $1 and e.group_id = d.via and e.member_type = 'Group')
    select d.group_id, d.via, min(d.since) as since
      from down d
      join scim.resource v on v.tenant = $1 and v.id = d.via and v.deleted_at is null
     group by d.group_id, d.via
)
select jsonb_build_object(
    'now', (extract(epoch from now()) * 1000000)::bigint,
    'syncPolicy', t.sync_policy,
    'subscriptions', (select jsonb_agg(jsonb_build_object(
                                 'id', s.id, 'seats', s.seats, 'automatic', s.automatic, 'since', (extract(epoch from s.automatic_since) * 1000000)::bigint,
                                 'logins', exists (select from scim.access_grant l
                                                    where l.tenant = $1 and l.subscription_id = s.id and l.source = 'login')))
                        from scim.subscription s where s.tenant = $1),
    'mappings', (select jsonb_agg(jsonb_build_object('id', p.id, 'group', p.group_id, 'subscription', p.subscription_id, 'role', p.role,
                                                     'since', (extract(epoch from p.since) * 1000000)::bigint))
                   from scim.mapping p where p.tenant = $1),
    'reaches', (select jsonb_agg(jsonb_build_object('group', r.id, 'via', r.via, 'since', (extract(epoch from r.since) * 1000000)::bigint))
                  from (select a.id, a.id as via, timestamptz 'epoch' as since from alive a union all select n.group_id, n.via, n.since from nested n) r),
    'groups', (select jsonb_agg(jsonb_build_object('named', f.named, 'id', f.id, 'group', f.name, 'archivedOn', f.archived)) from found f),
    'roles', (select jsonb_agg(jsonb_build_object('named', n.name, 'role', f.role))
                from jsonb_array_elements_text($2::jsonb -> 'roles') n (name)
               cross join lateral (select {{role_found}} as role offset 0) f
               where f.role is not null),
    'subscriptionsFound', (select jsonb_agg(jsonb_build_object('named', n.name, 'id', f.id))
                             from jsonb_array_elements_text($2::jsonb -> 'subscriptions') n (name)
                            cross join lateral (select {{subscription_found}} as id offset 0) f
                            where f.id is not null))
  from scim.tenant t
 where t.tenant = $1
