-- Doctor: tokens that expire within 14 days.
select t.tenant, t.name, t.key_id, to_char(t.expires at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
  from scim.token t
 where t.revoked is null and t.tenant_enabled and t.expires between now() and now() + interval '14 days'
 order by t.expires, t.tenant
