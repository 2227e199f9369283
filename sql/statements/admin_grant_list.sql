-- What was granted to accounts one by one, oldest first. $1 tenant, $2 arguments: user, subscription, source, q, limit, after
with wanted as materialized (
    select case when $2::jsonb ? 'user' then (scim.the_named($1, 'User', $2::jsonb ->> 'user', 'user')).id end as user_id,
           case when $2::jsonb ? 'subscription' then (scim.the_subscription($1, $2::jsonb ->> 'subscription')).id end as subscription_id
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, x.item) order by x.id)
                              from wanted w
                             cross join lateral (
                                    select a.id, j.item
                                      -- Of one account, or of all: each has its index.
                                      from (select o.* from scim.access_grant o where o.tenant = $1 and o.user_id = w.user_id
                                             union all
                                            select o.*
                                              from scim.access_grant o
                                             where o.tenant = $1 and w.user_id is null
                                               and ($2::jsonb ->> 'after' is null or o.id > ($2::jsonb ->> 'after')::uuid)) a
                                     cross join lateral (select scim.grant_json(a.*::scim.access_grant) as item) j
                                     where ($2::jsonb ->> 'after' is null or a.id > ($2::jsonb ->> 'after')::uuid)
                                       and (w.subscription_id is null or a.subscription_id = w.subscription_id)
                                       and ($2::jsonb ->> 'source' is null or a.source = $2::jsonb ->> 'source')
                                       and ($2::jsonb ->> 'q' is null
                                            or scim.has($2::jsonb ->> 'q', j.item ->> 'userName', j.item ->> 'subscription', a.role))
                                     order by a.id
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
