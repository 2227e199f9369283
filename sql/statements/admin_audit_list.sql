-- The audit log of a tenant, newest first. $1 tenant, $2 arguments: q, objectId, actor, action, since, until, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id::text, scim.audit_json(x)) order by x.id desc)
                              from (select a.*
                                      from scim.audit a
                                     where a.tenant = $1
                                       and ($2::jsonb ->> 'after' is null or a.id < ($2::jsonb ->> 'after')::bigint)
                                       and ($2::jsonb ->> 'objectId' is null or a.object_id = $2::jsonb ->> 'objectId')
                                       and ($2::jsonb ->> 'actor' is null or a.actor = $2::jsonb ->> 'actor')
                                       and ($2::jsonb ->> 'action' is null or a.action = $2::jsonb ->> 'action')
                                       and ($2::jsonb ->> 'since' is null or a.at >= ($2::jsonb ->> 'since')::timestamptz)
                                       and ($2::jsonb ->> 'until' is null or a.at < ($2::jsonb ->> 'until')::timestamptz)
                                       and scim.has($2::jsonb ->> 'q', a.object_name, a.actor, a.object_id)
                                     order by a.id desc
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
