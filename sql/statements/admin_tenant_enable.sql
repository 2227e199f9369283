-- Switches provisioning on. The store puts the token in the place of the null that stands for it.
-- $1 tenant, $2 arguments: expires; keyId, digest of the token that is made where there is one at a time
select scim.tenant_counted(x) || {{based}}, scim.etag(x - array['token', 'issued'])
  from scim.admin_tenant_enable($1, $2::jsonb) x
