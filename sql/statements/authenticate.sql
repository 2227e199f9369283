-- Authentication alone, as the head of a transaction, and who acts in it, for the audit log.
-- $1 to $7 authentication, $8 statement timeout, $9 the id of the request, $10 the version of the rules that the
-- rest was computed with (rules/rules.h); null: with none
select k.profile, k.user_id,
       set_config('scim.actor_kind', 'token', true) || set_config('scim.actor', k.name, true)
       || set_config('scim.actor_key', $2::text, true) || set_config('scim.request', $9::text, true)
       || set_config('scim.traits', k.traits, true)
       || case when k.traits like '%w%' then scim.mark() else '' end,
       case when k.rules <> $10::bigint then scim.refuse('SC0RV', 'the rules of the tenant have changed') end,
       {{reader}}
  from {{tenant_bounded}}
  {{token}}
