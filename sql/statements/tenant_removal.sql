-- The facts that decide whether a tenant may be removed (rules/removal.h). $1 tenant, $2 arguments: not used
select jsonb_build_object('enabled', t.enabled, 'removing', t.removing is not null, 'version', scim.etag(scim.tenant_json(t::scim.tenant)))
  from (select * from scim.tenant t where t.tenant = $1) t
 where $2::jsonb is not null
   for no key update of t
