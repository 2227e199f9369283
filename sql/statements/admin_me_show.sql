-- The administrator, and the tenants that he may see: how many, and the first hundred and the one of `with`, each with
-- the number of its held requests. $1 not used, $2 arguments: with
select jsonb_build_object(
           'user', $actor::text, 'kind', $actor_kind::text,
           'tenant', nullif(current_setting('scim.tenant'), '*'),
           'count', (select count(*) from scim.tenant),
           'tenants', coalesce((select jsonb_agg(x || {{based}} order by s.tenant)
                                  from ((select t.tenant, t.display_name, t.enabled from scim.tenant t order by t.tenant limit 100)
                                         union
                                        (select t.tenant, t.display_name, t.enabled from scim.tenant t where t.tenant = $2::jsonb ->> 'with')) s
                                  left join (select h.tenant, count(*) as n from scim.hold h where h.state = 'held' group by h.tenant) k
                                    on k.tenant = s.tenant
                                 cross join lateral jsonb_build_object('tenant', s.tenant, 'displayName', s.display_name, 'enabled', s.enabled,
                                                                       'held', coalesce(k.n, 0)) x), '[]'),
           'now', scim.time_text(now()))
 where $1::text is null and $2::jsonb is not null
