-- Doctor: tenants whose identity provider had a token that was still in use, and has none now.
select t.tenant, max(t.name), to_char(max(t.expires) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
  from scim.token t
 where t.revoked is null and t.tenant_enabled
 group by t.tenant
having max(t.expires) < now() and max(t.last_used) > max(t.expires) - interval '7 days'
 order by 1
