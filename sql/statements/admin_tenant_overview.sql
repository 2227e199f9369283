-- A tenant at a glance: its switch, tokens, requests of the last 24 hours, subscriptions, and what needs attention.
-- $1 tenant, $2 arguments: none
with t as materialized (
    select x.*, c.c
      from scim.tenant x
     cross join lateral scim.tenant_counted(jsonb_build_object('tenant', x.tenant)) c
     where x.tenant = $1 and $2::jsonb is not null
), token as materialized (
    -- The tokens that matter now: valid ones, and those whose expiry somebody may have missed.
    select k.*
      from scim.token k
     where k.tenant = $1 and k.revoked is null and k.expires > now() - interval '30 days'
     order by k.created desc
     limit 100
), bad as materialized (
    -- The newest refused or failed requests.
    select a.at, a.id, a.status, a.type, a.reason, a.held, a.object
      from scim.activity a
     where a.tenant = $1 and a.status >= 400 and a.at >= now() - interval '24 hours' and a.token_name is not null
     order by a.at desc, a.id desc
     limit 1000
), hour as materialized ({{overview_hours}}
), sub as materialized (
    select s.id, s.name, {{subscription_shown}} || {{subscription_counts}} as usage
      from (select s.* from scim.subscription s where s.tenant = $1 order by s.id limit 50) s
), attention (place, kind, severity, count, type, id, name, at, text, fix, operation, arguments) as materialized (
    {{overview_requests}}
     union all
    {{overview_tokens}}
     union all
    {{overview_settings}}
     union all
    {{overview_access}}
)
select x || {{based}} || jsonb_build_object(
           'lastRequest', scim.time_text((select max(k.last_used) from token k)),
           'tokens', coalesce((select jsonb_agg({{token_shown}} order by k.created desc, k.key_id) from token k), '[]'),
           'requests', (select jsonb_build_object('done', sum(h.done), 'refused', sum(h.refused), 'failed', sum(h.failed), 'held', sum(h.held),
                                                  'hours', jsonb_agg(jsonb_build_object('at', scim.time_text(h.at), 'done', h.done, 'refused', h.refused,
                                                                                        'failed', h.failed, 'held', h.held) order by h.at))
                          from hour h),
           'subscriptions', coalesce((select jsonb_agg(s.usage order by s.id) from sub s), '[]'),
           'attention', coalesce((select jsonb_agg(jsonb_build_object(
                                                       'kind', a.kind, 'severity', a.severity, 'count', a.count, 'objectType', a.type, 'objectId', a.id,
                                                       'object', a.name, 'at', scim.time_text(a.at), 'text', a.text, 'fix', a.fix,
                                                       'operation', a.operation, 'arguments', a.arguments) order by a.place, a.at desc, a.name)
                                    from attention a), '[]'))
  from t
 cross join lateral (select t.c || jsonb_build_object(
           'displayName', t.display_name, 'enabled', t.enabled, 'dryRun', t.dry_run, 'syncPolicy', t.sync_policy, 'loginPolicy', t.login_policy,
           'guardUntil', scim.time_text(case when t.guard_until > now() then t.guard_until end)) as x) y
