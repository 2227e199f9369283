-- What a server's metrics tell of its tenants: of each kind so many rows. $1 how many
with t (tenant, expires, used, silent) as materialized (
    select k.tenant, min(k.expires), max(k.last_used), count(*) filter (where {{token_quiet}})
      from scim.token k
     where k.tenant_enabled and k.revoked is null and k.expires > now()
     group by k.tenant
), next_end as (
    select t.tenant, t.expires, t.used from t order by t.expires, t.tenant limit $1::int
), limited as (
    select s.tenant, s.id, s.name, s.seats from scim.subscription s where s.seats is not null order by s.tenant, s.name_key limit $1::int
), seats as (
    select s.tenant, s.name, c.n, least(c.n, s.seats) as taken
      from limited s
     cross join lateral (
           select count(distinct g.user_id) as n from scim.ground g where g.tenant = s.tenant and g.subscription_id = s.id offset 0) c
)
select 'token_expiry' as kind, e.tenant, null::text as name, floor(extract(epoch from e.expires))::bigint as value from next_end e
 union all
select 'token_used', e.tenant, null, floor(extract(epoch from e.used))::bigint from next_end e where e.used is not null
 union all
(select 'tokens_silent', t.tenant, null, t.silent from t where t.silent > 0 order by t.silent desc, t.tenant limit $1::int)
 union all
(select 'holds', h.tenant, null, count(*) from scim.hold h where h.state = 'held' group by h.tenant order by count(*) desc, h.tenant limit $1::int)
 union all
select 'seats_taken', s.tenant, s.name, s.taken from seats s
 union all
select 'seats_waiting', s.tenant, s.name, s.n - s.taken from seats s
