-- A tenant, and its version, which the counts are no part of. $1 tenant, $2 arguments: none
select scim.tenant_counted(x) || {{based}}, scim.etag(x)
  from scim.tenant t
 cross join lateral scim.tenant_json(t) x
 where t.tenant = $1 and $2::jsonb is not null
