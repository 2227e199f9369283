-- The tokens of all tenants that expire soon: each is reported once a day, by only one httpd. $1 how soon, in seconds
update scim.token k
   set warned = now()
  from scim.tenant t
 where t.tenant = k.tenant and t.enabled and k.revoked is null and k.expires > now() and k.expires <= now() + $1::bigint * interval '1 second'
   and (k.warned is null or k.warned < now() - interval '1 day')
returning k.tenant, k.name, k.key_id, to_char(k.expires at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
