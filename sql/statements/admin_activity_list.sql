-- What clients have asked for, newest first; what was refused has an index of its own.
-- $1 tenant, $2 arguments: q, token, outcome, status, method, since, until, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(scim.activity_key(x.at, x.id), scim.activity_json(x)) order by x.at desc, x.id desc)
                              from ((select a.*
                                       from scim.activity a
                                      where $2::jsonb ->> 'outcome' in ('refused', 'failed', 'held') and a.status >= 400
                                        and scim.outcome(a.status, a.held) = $2::jsonb ->> 'outcome' and {{activity_where}})
                                     union all
                                    (select a.*
                                       from scim.activity a
                                      where coalesce($2::jsonb ->> 'outcome', 'done') = 'done'
                                        and ($2::jsonb ->> 'outcome' is null or a.status < 400) and {{activity_where}})) x), '[]'), scim.most($2::jsonb))
