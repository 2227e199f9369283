-- Grants a user the subscriptions that its entitlements match, and withdraws those that they match no longer. Nothing
-- is done for a user that was not created.
-- $1 tenant, $2 the user, $3 its userName, $4 the subscriptions, $5 those to withdraw; null: all others
with gone as (
    delete from scim.access_grant a
     where a.tenant = $1 and a.user_id = $2::uuid and a.source = 'provider' and a.subscription_id <> all ($4::uuid[])
       and ($5::uuid[] is null or a.subscription_id = any ($5::uuid[]))
    returning a.*
), made as (
    insert into scim.access_grant as n (tenant, user_id, subscription_id, source, granted_by)
    select $1, $2::uuid, s.id, 'provider', $actor
      from unnest($4::uuid[]) w (id)
     cross join lateral (select s.id from scim.subscription s where s.tenant = $1 and s.id = w.id offset 0) s
     where exists (select from scim.resource r where r.tenant = $1 and r.id = $2::uuid)
        on conflict do nothing
    returning n.subscription_id
), tells as (
    insert into scim.tally (tenant, type, n) select $1, 'User', 0 where exists (select from gone) or exists (select from made)
    returning 1
)
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after)
select $1, {{actor}}, x.action, 'User', $2, $3, case x.action when 'withdraw' then x.what end, case x.action when 'grant' then x.what end
  from (select g.action, (select jsonb_build_object('subscription', s.name, 'source', 'provider')
                            from scim.subscription s where s.tenant = $1 and s.id = g.subscription_id) || g.more as what
          -- The log has all data of a withdrawn grant, so that a review can tell its past state.
          from (select 'withdraw' as action, gone.subscription_id,
                       jsonb_build_object('id', gone.id, 'granted', scim.time_text(gone.granted), 'grantedBy', gone.granted_by,
                                          'joined', scim.time_text(gone.joined)) as more
                  from gone
                 union all
                select 'grant', made.subscription_id, '{}' from made) g) x
returning 1
