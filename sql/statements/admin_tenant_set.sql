-- Changes settings of a tenant. $1 tenant, $2 arguments: any settings
select scim.tenant_counted(x) || {{based}}, scim.etag(x)
  from scim.admin_tenant_set($1, $2::jsonb) x
