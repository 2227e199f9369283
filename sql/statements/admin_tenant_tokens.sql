-- The tokens of a tenant that are not revoked, which are locked, and when a new one expires. $1 tenant, $2 arguments:
-- expires
with e as materialized (
    select coalesce(($2::jsonb ->> 'expires')::timestamptz, now() + interval '30 days') as at
)
select (select jsonb_agg(x.shown order by x.created)
          from (select {{token_shown}} as shown, k.created
                  from scim.token k
                 where k.tenant = $1 and k.revoked is null
                 order by k.created
                   for update of k) x) as tokens,
       e.at <= now() as past, e.at > now() + interval '3653 days' as late, scim.time_text(e.at) as expires, scim.time_text(now()) as now,
       $acting::text as acting
  from e
