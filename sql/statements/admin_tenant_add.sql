-- Makes a tenant. $1 null, $2 arguments: tenant, and any settings
select scim.tenant_counted(x) || {{based}}, scim.etag(x)
  from scim.admin_tenant_add($2::jsonb) x
 where $1::text is null
