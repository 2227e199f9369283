-- The tokens of a tenant, newest first. $1 tenant, $2 arguments: q, status, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(k.key_id, {{token_shown}}) order by k.created desc, k.key_id desc)
                              from (select k.*
                                      from scim.token k
                                     where k.tenant = $1
                                       and ($2::jsonb ->> 'after' is null
                                            or (k.created, k.key_id) < (select a.created, a.key_id
                                                                          from scim.token a
                                                                         where a.tenant = $1 and a.key_id = $2::jsonb ->> 'after'))
                                       and ($2::jsonb ->> 'status' is null or {{token_status}} = $2::jsonb ->> 'status')
                                       and ($2::jsonb ->> 'quiet' is null or {{token_quiet}} = ($2::jsonb ->> 'quiet')::boolean)
                                       and scim.has($2::jsonb ->> 'q', k.name, k.description, k.key_id)
                                     order by k.created desc, k.key_id desc
                                     limit scim.most($2::jsonb) + 1) k), '[]'), scim.most($2::jsonb))
