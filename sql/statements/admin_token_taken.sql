-- What prevents a new token, while the tenant's row is locked. $1 tenant, $2 arguments: name, external, expires
with t as materialized (
    select t.one_token from scim.tenant t where t.tenant = $1 for no key update
), e as materialized (
    select coalesce(($2::jsonb ->> 'expires')::timestamptz, now() + interval '30 days') as at
)
select (select x.name from scim.token x where x.tenant = $1 and x.revoked is null and x.expires > now()
                                                   and scim.fold(x.name) = scim.fold($2::jsonb ->> 'name') limit 1)
           as taken,
       (select x.name from scim.token x, t where x.tenant = $1 and t.one_token and x.revoked is null and x.expires > now() limit 1) as only,
       (select x.name from scim.token x where x.tenant = $1 and x.external = $2::jsonb ->> 'external' and x.revoked is null limit 1)
           as "externalTaken",
       e.at <= now() as past, e.at > now() + interval '3653 days' as late, scim.time_text(e.at) as expires, scim.time_text(now()) as created,
       $acting::text as "createdBy"
  from e, t
