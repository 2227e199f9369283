-- The tokens of a tenant, newest first. $1 tenant, $2 arguments: q, status, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.key_id, scim.token_json(x::scim.token)) order by x.created desc, x.key_id desc)
                              from (select t.*
                                      from (select * from scim.token t where t.tenant = $1) t
                                     where ($2::jsonb ->> 'after' is null
                                            or (t.created, t.key_id) < (select a.created, a.key_id
                                                                          from scim.token a
                                                                         where a.tenant = $1 and a.key_id = $2::jsonb ->> 'after'))
                                       and ($2::jsonb ->> 'status' is null or scim.token_status(t::scim.token) = $2::jsonb ->> 'status')
                                       and ($2::jsonb ->> 'quiet' is null or scim.is_quiet(t::scim.token) = ($2::jsonb ->> 'quiet')::boolean)
                                       and scim.has($2::jsonb ->> 'q', t.name, t.description, t.key_id)
                                     order by t.created desc, t.key_id desc
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
