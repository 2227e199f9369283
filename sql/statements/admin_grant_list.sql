-- Grants to single accounts, oldest first. $1 tenant, $2 arguments: user, subscription, source, q, limit, after
with wanted as materialized (
    select ($2::jsonb ->> 'user')::uuid as user_id, ($2::jsonb ->> 'subscription')::uuid as subscription_id,
           coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000') as after
), piece as materialized (
    -- Of one account, or of all in the order of their ids: each has its index and its own limit. "offset 0" because
    -- the grants of one account are few, and are found by its index and then sorted.
    (select {{granted}}
       from (select a.*
               from scim.access_grant a
              where $2::jsonb ? 'user' and a.tenant = $1 and a.user_id = (select w.user_id from wanted w) and a.id > (select w.after from wanted w)
                and ($2::jsonb ->> 'subscription' is null or a.subscription_id = (select w.subscription_id from wanted w))
             offset 0) a
      order by a.id
      limit {{piece_depth}})
     union all
    (select {{granted}}
       from scim.access_grant a
      where not $2::jsonb ? 'user' and a.tenant = $1 and a.id > (select w.after from wanted w)
        and ($2::jsonb ->> 'subscription' is null or a.subscription_id = (select w.subscription_id from wanted w))
      order by a.id
      limit {{piece_depth}})
), found as materialized (
    select p.id
      from piece p
     where ($2::jsonb ->> 'source' is null or p.source = $2::jsonb ->> 'source')
       and ($2::jsonb ->> 'q' is null or position((select scim.low($2::jsonb ->> 'q')) in p.names) > 0)
     limit scim.most($2::jsonb) + 1
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(a.id, {{grant_shown}}) order by a.id)
                              from found f
                             cross join lateral (select a.* from scim.access_grant a where a.tenant = $1 and a.id = f.id offset 0) a), '[]'),
                  scim.most($2::jsonb), {{piece_next}})
