-- The state of a whole tenant for a review of access: the present one, and the entries of the audit log from which
-- earlier states follow (lists, oldest first). Each log is a range of one value in the order of the index: only that
-- index can be used for it, whatever the statistics are. Times are microseconds since 1970. `begins` is the time from
-- which the log is sufficient. $1 tenant, $2 no arguments
with entry as materialized (
    -- Entries about mappings, which have an index of their own.
    select a.id, (extract(epoch from a.at) * 1000000)::bigint as at, a.action, a.object_id, coalesce(a.after, a.before) as what
      from scim.audit a
     where a.tenant = $1 and a.action in ('map', 'unmap')
), grp as materialized (
    -- Groups that are or were mapped, and all groups of a tenant with nested groups.
    select p.group_id as id from scim.mapping p where p.tenant = $1
     union
    select e.object_id::uuid from entry e
     union
    select r.id from scim.tenant t, scim.resource r where t.tenant = $1 and t.nests and r.tenant = $1 and r.type = 'Group'
), sought as materialized (
    -- An object, because a key in it is found faster than in an array.
    select jsonb_object_agg(g.id, true) as ids from grp g
)
select jsonb_build_object(
    'now', (extract(epoch from now()) * 1000000)::bigint,
    'begins', (extract(epoch from greatest((select m.applied from scim.migration m where m.name like '%-review'),
                                           (select a.at from scim.audit a where a.tenant = $1 order by a.id limit 1))) * 1000000)::bigint,
    'tenant', (select jsonb_build_object('is', jsonb_build_object('syncPolicy', t.sync_policy, 'defaultRole', t.default_role),
                   'log', (select jsonb_agg(jsonb_build_object('at', (extract(epoch from a.at) * 1000000)::bigint, 'action', a.action,
                                                               'before', a.before, 'after', a.after))
                             from (select a.* from scim.audit a where a.tenant = $1 and a.object_id >= $1 and a.object_id <= $1
                                    order by a.object_id, a.id) a
                            where a.object_type = 'Tenant'))
                 from scim.tenant t where t.tenant = $1),
    'subscriptions', (select jsonb_agg(jsonb_build_object(
                                 'id', r.id, 'is', r.doc || jsonb_build_object('deleted', (extract(epoch from r.deleted_at) * 1000000)::bigint,
                                                                               'since', (extract(epoch from s.automatic_since) * 1000000)::bigint),
                                 'log', (select jsonb_agg(jsonb_build_object('at', (extract(epoch from a.at) * 1000000)::bigint, 'action', a.action,
                                                                             'before', a.before, 'after', a.after))
                                           from (select r.id::text as id offset 0) o
                                           cross join lateral (select a.* from scim.audit a
                                                  where a.tenant = $1 and a.object_id >= o.id and a.object_id <= o.id
                                                  order by a.object_id, a.id) a)))
                        from scim.resource r
                        left join scim.subscription s on s.tenant = $1 and s.id = r.id
                       where r.tenant = $1 and r.type = 'Entitlement'),
    'mappings', (select jsonb_agg(jsonb_build_object('group', p.group_id, 'subscription', p.subscription_id, 'role', p.role,
                                                     'created', (extract(epoch from p.created) * 1000000)::bigint,
                                                     'since', (extract(epoch from p.since) * 1000000)::bigint))
                   from scim.mapping p where p.tenant = $1),
    'mapped', (select jsonb_agg(jsonb_build_object('at', e.at, 'action', e.action, 'group', e.object_id, 'subscription', e.what -> 'subscription',
                                                   'role', e.what -> 'role') order by e.id)
                 from entry e),
    'groups', (select jsonb_agg(jsonb_build_object(
                          'id', g.id, 'is', jsonb_build_object('displayName', r.doc -> 'displayName',
                                                               'deleted', (extract(epoch from r.deleted_at) * 1000000)::bigint),
                          'log', (select jsonb_agg(jsonb_build_object('at', (extract(epoch from a.at) * 1000000)::bigint, 'action', a.action,
                                                                      'before', a.before, 'after', a.after))
                                    from (select g.id::text as id offset 0) o
                                    cross join lateral (select a.* from scim.audit a
                                           where a.tenant = $1 and a.object_id >= o.id and a.object_id <= o.id
                                           order by a.object_id, a.id) a
                                   where a.action in ('create', 'update', 'delete', 'restore', 'erase', 'unlink', 'adopt'))))
                 from grp g
                 left join scim.resource r on r.tenant = $1 and r.id = g.id),
    'nested', (select jsonb_agg(jsonb_build_object('group', m.group_id, 'member', m.member_id, 'added', (extract(epoch from m.added) * 1000000)::bigint))
                 from scim.tenant t
                 join scim.membership m on m.tenant = $1 and m.member_type = 'Group'
                where t.tenant = $1 and t.nests),
    'joined', (select jsonb_agg(jsonb_build_object('at', (extract(epoch from a.at) * 1000000)::bigint, 'action', m.action, 'group', m.object_id,
                                                   'member', x.value) order by m.id)
                 from scim.member_audit m
                cross join lateral jsonb_array_elements_text(m.members) x
                cross join lateral (select a.at from scim.audit a where a.tenant = $1 and a.id = m.id offset 0) a
                where m.tenant = $1 and (select t.nests from scim.tenant t where t.tenant = $1)
                  and m.members ?| array(select g.id::text from grp g) and (select s.ids from sought s) ? x.value))
