-- A tenant whose settings were changed. Whether its policies have anything to give is one look-up each. $1 tenant, $2
-- the tenant as it is shown
select scim.tenant_counted(x) || {{based}} || jsonb_build_object(
           'automatic', (select true from scim.subscription s where s.tenant = $1 and s.automatic limit 1) is not null,
           'mapped', (select true from scim.mapping p where p.tenant = $1 limit 1) is not null), scim.etag(x)
  from (select * from scim.tenant t where t.tenant = $1) t
 cross join lateral scim.tenant_json(t::scim.tenant) x
 where $2::jsonb is not null
