-- A tenant, and its version, of which the counts are not part. $1 tenant, $2 arguments: none
select scim.tenant_counted(x) || {{based}}, scim.etag(x)
  from (select * from scim.tenant t where t.tenant = $1) t
 cross join lateral scim.tenant_json(t::scim.tenant) x
 where $2::jsonb is not null
