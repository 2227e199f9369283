-- Some people of a tenant for a review of access, in the order of their ids, including erased ones: their present
-- state, and the entries of the audit log from which earlier states follow (lists, oldest first). Times are
-- microseconds since 1970. $1 tenant, $2 arguments: after, most
with person as materialized (
    select x.id
      from ((select r.id
               from scim.resource r
              where r.tenant = $1 and r.type = 'User' and r.id > (select coalesce(scim.as_id($2::jsonb ->> 'after'), '00000000-0000-0000-0000-000000000000'))
              order by r.id
              limit ($2::jsonb ->> 'most')::int)
             union
            (select a.object_id::uuid
               from scim.audit a
              where a.tenant = $1 and a.action = 'erase' and a.object_type = 'User'
                and a.object_id collate "C" > (select coalesce($2::jsonb ->> 'after', '')) collate "C"
              order by a.object_id collate "C"
              limit ($2::jsonb ->> 'most')::int)) x
     order by x.id
     limit ($2::jsonb ->> 'most')::int
), sought as materialized (
    -- An object, because a key in it is found faster than in an array.
    select jsonb_object_agg(p.id, true) as ids from person p
)
select jsonb_build_object(
    'next', (select case when count(*) = ($2::jsonb ->> 'most')::int then max(p.id::text) end from person p),
    'people', (select jsonb_agg(jsonb_build_object(
                          'id', p.id,
                          'is', case when r.id is not null then jsonb_build_object(
                                    'userName', r.doc -> 'userName', 'displayName', r.doc -> 'displayName', 'active', r.doc -> 'active',
                                    'source', r.source, 'protected', r.protected, 'role', r.role,
                                    'created', (extract(epoch from r.created) * 1000000)::bigint,
                                    'deleted', (extract(epoch from r.deleted_at) * 1000000)::bigint) end,
                          -- A range of one value, in the order of the index: only that index can be used for it,
                          -- whatever the statistics are.
                          'log', (select jsonb_agg(jsonb_build_object('at', (extract(epoch from a.at) * 1000000)::bigint, 'action', a.action,
                                                                      'actor', a.actor, 'before', a.before, 'after', a.after))
                                    from (select p.id::text as id offset 0) o
                                    cross join lateral (select a.*
                                            from scim.audit a
                                           where a.tenant = $1 and a.object_id >= o.id and a.object_id <= o.id
                                           order by a.object_id, a.id) a
                                   where a.object_type = 'User'),
                          'groups', (select jsonb_agg(jsonb_build_object('group', m.group_id, 'added', (extract(epoch from m.added) * 1000000)::bigint))
                                       from scim.membership m where m.tenant = $1 and m.member_id = p.id),
                          'grants', (select jsonb_agg(jsonb_build_object('id', g.id, 'subscription', g.subscription_id, 'role', g.role, 'source', g.source,
                                                                         'granted', (extract(epoch from g.granted) * 1000000)::bigint,
                                                                         'grantedBy', g.granted_by,
                                                                         'joined', (extract(epoch from g.joined) * 1000000)::bigint))
                                       from scim.access_grant g where g.tenant = $1 and g.user_id = p.id)) order by p.id)
                 from person p
                 -- One look-up for each person.
                 left join lateral (
                        select r.id, r.doc, r.source, r.protected, r.role, r.created, r.deleted_at from scim.resource r
                         where r.tenant = $1 and r.id = p.id offset 0) r on true),
    'joined', (select jsonb_agg(jsonb_build_object('member', x.value, 'at', (extract(epoch from a.at) * 1000000)::bigint, 'action', m.action,
                                                   'group', m.object_id) order by m.id)
                 from scim.member_audit m
                cross join lateral jsonb_array_elements_text(m.members) x
                cross join lateral (select a.at from scim.audit a where a.tenant = $1 and a.id = m.id offset 0) a
                where m.tenant = $1 and m.members ?| array(select p.id::text from person p) and (select s.ids from sought s) ? x.value))
