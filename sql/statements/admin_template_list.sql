-- The templates of a tenant, in the order in which they are applied. $1 tenant, $2 arguments: q, limit, after (an id)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, x.item) order by x.priority, x.id)
                              from (select t.id, t.priority, {{template_shown}} as item
                                      from scim.template t
                                     where t.tenant = $1
                                       and ($2::jsonb ->> 'after' is null
                                            or (t.priority, t.id) > (select a.priority, a.id
                                                                       from scim.template a
                                                                      where a.tenant = $1 and a.id = ($2::jsonb ->> 'after')::uuid))
                                       and scim.has($2::jsonb ->> 'q', t.name)
                                     order by t.priority, t.id
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
