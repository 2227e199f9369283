-- Changes settings of a tenant. What its policies may have nothing of is a look-up each. $1 tenant, $2 arguments: any settings
select scim.tenant_counted(x) || {{based}} || jsonb_build_object(
           'automatic', (select true from scim.subscription s where s.tenant = $1 and s.automatic limit 1) is not null,
           'mapped', (select true from scim.mapping p where p.tenant = $1 limit 1) is not null), scim.etag(x)
  from scim.admin_tenant_set($1, $2::jsonb) x
