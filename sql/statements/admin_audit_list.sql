-- The audit log of a tenant, newest first: all of it, or what is about one object, one person or one request, each by its index.
-- "select" because behind row-level security coalesce() keeps a condition from an index.
-- $1 tenant, $2 arguments: q, objectId, objectType, user, request, actor, action, since, until, limit, after
with w as materialized (
    select coalesce(scim.as_id($2::jsonb ->> 'user'), scim.find_user($1, $2::jsonb ->> 'user'))::text as person where $2::jsonb ? 'user'
), named as materialized (
    -- What a request has done, or what a person has joined and left.
    select array(select x.id from scim.audit x where x.tenant = $1 and x.request = (select $2::jsonb ->> 'request'))
           || array(select m.id from scim.member_audit m where m.tenant = $1 and m.members ? (select w.person from w)) as ids
     where $2::jsonb ?| array ['request', 'user']
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(a.id::text, {{audit_shown}}) order by a.id desc)
                              from (select a.*
                                      from ((select a.*
                                               from scim.audit a
                                              where not $2::jsonb ?| array ['objectId', 'user', 'request'] and {{audit_where}}
                                              order by a.id desc
                                              limit scim.most($2::jsonb) + 1)
                                             union all
                                            (select a.*
                                               from scim.audit a
                                              where $2::jsonb ? 'objectId' and not $2::jsonb ?| array ['user', 'request']
                                                and a.object_id = (select $2::jsonb ->> 'objectId') and {{audit_where}}
                                              order by a.id desc
                                              limit scim.most($2::jsonb) + 1)
                                             union all
                                            (select a.*
                                               from scim.audit a
                                              where $2::jsonb ? 'user' and a.object_id = (select w.person from w)
                                                and ($2::jsonb ->> 'request' is null or a.request = $2::jsonb ->> 'request')
                                                and ($2::jsonb ->> 'objectId' is null or a.object_id = $2::jsonb ->> 'objectId') and {{audit_where}}
                                              order by a.id desc
                                              limit scim.most($2::jsonb) + 1)
                                             union all
                                            (select a.*
                                               from (select unnest(n.ids) as id from named n) n
                                              cross join lateral (select x.* from scim.audit x where x.tenant = $1 and x.id = n.id offset 0) a
                                              where $2::jsonb ?| array ['user', 'request']
                                                and ($2::jsonb ->> 'request' is null or a.request = $2::jsonb ->> 'request')
                                                and ($2::jsonb ->> 'user' is null or a.object_id <> (select w.person from w))
                                                and ($2::jsonb ->> 'objectId' is null or a.object_id = $2::jsonb ->> 'objectId') and {{audit_where}}
                                              order by a.id desc
                                              limit scim.most($2::jsonb) + 1)) a
                                     order by a.id desc
                                     limit scim.most($2::jsonb) + 1) a), '[]'), scim.most($2::jsonb))
