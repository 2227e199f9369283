-- The metrics of a server about its tenants: of each kind at most that many rows. For `seats`, the subscriptions with
-- a number of seats, another statement counts the people (watch_seats). $1 how many
with t (tenant, expires, used, silent) as materialized (
    select k.tenant, min(k.expires), max(k.last_used), count(*) filter (where {{token_quiet}})
      from scim.token k
     where k.tenant_enabled and k.revoked is null and k.expires > now()
     group by k.tenant
), next_end as (
    select t.tenant, t.expires, t.used from t order by t.expires, t.tenant limit $1::int
), limited as (
    select s.tenant, s.id, s.name, s.seats from scim.subscription s where s.seats is not null order by s.tenant, s.name_key limit $1::int
)
select 'token_expiry' as kind, e.tenant, null::text as name, floor(extract(epoch from e.expires))::bigint as value, null::uuid as id from next_end e
 union all
select 'token_used', e.tenant, null, floor(extract(epoch from e.used))::bigint, null from next_end e where e.used is not null
 union all
(select 'tokens_silent', t.tenant, null, t.silent, null from t where t.silent > 0 order by t.silent desc, t.tenant limit $1::int)
 union all
(select 'holds', h.tenant, null, count(*), null from scim.hold h where h.state = 'held' group by h.tenant order by count(*) desc, h.tenant limit $1::int)
 union all
select 'seats', l.tenant, l.name, l.seats, l.id from limited l
