-- Switches provisioning off. $1 tenant, $2 arguments: accounts
select scim.tenant_counted(x) || {{based}}, scim.etag(x)
  from scim.admin_tenant_disable($1, $2::jsonb) x
