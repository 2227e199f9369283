-- Authentication alone, as the head of a transaction, and who acts in it, for the audit log.
-- $1 to $7 authentication, $8 statement timeout, $9 the id of the request
select k.profile, k.user_id,
       set_config('scim.actor_kind', 'token', true) || set_config('scim.actor', k.name, true)
       || set_config('scim.actor_key', $2::text, true) || set_config('scim.request', $9::text, true)
       || set_config('scim.traits', k.traits, true)
       || case when k.traits like '%w%' then scim.mark() else '' end,
       {{reader}}
  from {{tenant_bounded}}
  {{token}}
