-- Locks a token. $1 tenant, $2 arguments: token
select x.shown as "is", {{token_version}} as version, scim.time_text(now()) as now, $acting::text as acting
  from (select {{token_shown}} as shown from scim.token k where k.tenant = $1 and k.key_id = {{token_named}} for update of k) x
