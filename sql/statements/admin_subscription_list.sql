-- The subscriptions of a tenant, oldest first. $1 tenant, $2 arguments: q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(s.id, {{subscription_shown}} || {{subscription_counts}}) order by s.id)
                              from (select s.*
                                      from scim.subscription s
                                     where s.tenant = $1
                                       and ($2::jsonb ->> 'after' is null or s.id > ($2::jsonb ->> 'after')::uuid)
                                       and scim.has($2::jsonb ->> 'q', s.name, s.description)
                                     order by s.id
                                     limit scim.most($2::jsonb) + 1) s), '[]'), scim.most($2::jsonb))
