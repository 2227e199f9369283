-- What was granted to accounts one by one, oldest first. $1 tenant, $2 arguments: user, subscription, source, q, limit, after
with wanted as materialized (
    select ($2::jsonb ->> 'user')::uuid as user_id,
           ($2::jsonb ->> 'subscription')::uuid as subscription_id
)
-- Of one account, or of all in the order of their ids: each has its index, and its own end.
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, x.item) order by x.id)
                              from wanted w
                             cross join lateral (
                                    (select a.id, {{grant_shown}} as item
                                       from scim.access_grant a
                                      where a.tenant = $1 and a.user_id = w.user_id and {{granted}}
                                      order by a.id
                                      limit scim.most($2::jsonb) + 1)
                                    union all
                                    (select a.id, {{grant_shown}} as item
                                       from scim.access_grant a
                                      where a.tenant = $1 and w.user_id is null and {{granted}}
                                      order by a.id
                                      limit scim.most($2::jsonb) + 1)) x), '[]'), scim.most($2::jsonb))
