-- Held requests, newest first. $1 tenant, $2 arguments: q, state, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(h.id::text, {{hold_shown}}) order by h.id desc)
                              from (select h.*
                                      from scim.hold h
                                     where h.tenant = $1
                                       and ($2::jsonb ->> 'after' is null or h.id < ($2::jsonb ->> 'after')::bigint)
                                       and ($2::jsonb ->> 'state' is null or h.state = $2::jsonb ->> 'state')
                                       and scim.has($2::jsonb ->> 'q', h.path, h.token_name, h.request)
                                     order by h.id desc
                                     limit scim.most($2::jsonb) + 1) h), '[]'), scim.most($2::jsonb))
