-- The administrator, and the tenants that he may see: how many, and the first hundred. $1 not used, $2 arguments: none
select jsonb_build_object(
           'user', $actor::text, 'kind', $actor_kind::text,
           'tenant', nullif(current_setting('scim.tenant'), '*'),
           'count', (select count(*) from scim.tenant),
           'tenants', coalesce((select jsonb_agg(x || {{based}} order by s.tenant)
                                  from (select t.tenant, t.display_name, t.enabled from scim.tenant t order by t.tenant limit 100) s
                                 cross join lateral jsonb_build_object('tenant', s.tenant, 'displayName', s.display_name, 'enabled', s.enabled) x), '[]'),
           'now', scim.time_text(now()))
 where $1::text is null and $2::jsonb is not null
