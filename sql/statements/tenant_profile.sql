-- The profile of a tenant, for discovery, which nobody has to log in for; no row where there is no such tenant.
-- $1 tenant. The lateral subquery with offset 0 makes sure that the table is read after the tenant was set.
select n.profile
  from (select set_config('scim.tenant', $1::text, true) as tenant) s
 cross join lateral (select t.profile from scim.tenant t where t.tenant = s.tenant offset 0) n
