-- The state of a tenant, in addition to the settings that the list of tenants shows. $1 tenant
select jsonb_build_object(
           'lastRequest', scim.time_text(k.last_used), 'held', h.n, 'refused', b.n,
           'health', case when not s.enabled then 'off' when k.valid = 0 then 'no-token' when k.last_used is null then 'unused' when k.quiet then 'quiet'
                          when h.n > 0 or b.n > 0 or k.ending > 0 then 'attention' else 'good' end)
  from (select t.enabled from scim.tenant t where t.tenant = $1) s,
       (select max(k.last_used) as last_used, count(*) filter (where k.expires > now()) as valid, bool_or({{token_quiet}}) as quiet,
               count(*) filter (where k.expires <= now() + interval '14 days') as ending
          from (select k.* from scim.token k where k.tenant = $1 and k.revoked is null limit 1000) k) k,
       (select count(*) as n from scim.hold h where h.tenant = $1 and h.state = 'held') h,
       (select count(*) as n
          from (select from scim.activity a
                 where a.tenant = $1 and a.status >= 400 and a.at >= now() - interval '24 hours' and a.token_name is not null
                 limit 1000) a) b
