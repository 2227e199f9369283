-- Switches provisioning on. $1 tenant, $2 arguments: none
select scim.tenant_counted(x), scim.etag(x)
  from scim.admin_tenant_enable($1, $2::jsonb) x
