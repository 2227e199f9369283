-- The tenants that an administrator may see, with how they are doing. $1 null, $2 arguments: q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x -> 'tenant', x || {{based}} || jsonb_build_object(
                                       'lastRequest', scim.time_text(k.last_used), 'held', h.n, 'refused', b.n,
                                       'health', case when not s.enabled then 'off' when k.valid = 0 then 'no-token' when k.last_used is null then 'unused' when k.quiet then 'quiet'
                                                      when h.n > 0 or b.n > 0 or k.ending > 0 then 'attention' else 'good' end))
                                       order by s.tenant)
                              from (select t.*
                                      from scim.tenant t
                                     where $1::text is null
                                       and ($2::jsonb ->> 'after' is null or t.tenant > $2::jsonb ->> 'after')
                                       and scim.has($2::jsonb ->> 'q', t.tenant, t.display_name)
                                     order by t.tenant
                                     limit scim.most($2::jsonb) + 1) s
                             cross join lateral scim.tenant_json(s) x
                             cross join lateral (
                                    select max(k.last_used) as last_used, count(*) filter (where k.expires > now()) as valid, bool_or({{token_quiet}}) as quiet,
                                           count(*) filter (where k.expires <= now() + interval '14 days') as ending
                                      from (select k.* from scim.token k where k.tenant = s.tenant and k.revoked is null limit 1000) k) k
                             cross join lateral (select count(*) as n from scim.hold h where h.tenant = s.tenant and h.state = 'held') h
                             cross join lateral (
                                    select count(*) as n
                                      from (select from scim.activity a
                                             where a.tenant = s.tenant and a.status >= 400 and a.at >= now() - interval '24 hours' and a.token_name is not null
                                             limit 1000) a) b), '[]'), scim.most($2::jsonb))
